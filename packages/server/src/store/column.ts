import type { BitReader, BitWriter } from "./bits.ts";
import { decodeDoubles, encodeDoubles } from "./doubles.ts";
import { decodeIntegers, encodeIntegers, withinReach } from "./integers.ts";

/*
 * A column of any float64, of a length that is known from elsewhere:
 *
 *     | places of NaN | scale, 4 bits | places of -0 | integers |     value = integer / divisor
 *     | places of NaN | 15, 4 bits | doubles |                        else
 *
 *     places: | 0, 2 bits |  none  or  | 1, 2 bits |  all  or
 *             | 2, 2 bits | how many - 1, 16 bits | integers, ascending |
 *
 * The scale is the number of the first divisor that gives every value back exactly. What comes
 * after the places of NaN is without NaN, and missing if all are.
 */
const nowhere = 0;
const everywhere = 1;
const somewhere = 2;
const placesBits = 2;
const countBits = 16;
const scaleBits = 4;
const noScale = 15;

/** The last is for times in full precision: between 2004 and 2039 they are multiples of it. */
const divisors = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 2 ** 12];
const mostDecimals = 9;

/** Fits a count into its bits, so that damaged bytes cannot ask for more memory than this takes. */
export const maxColumnLength = 2 ** countBits;

const almostHalf = 0.49999999999999994;

// Used again by every column.
let present = new Float64Array(1024);
let integers = new Float64Array(1024);
let places = new Float64Array(1024);

/**
 * Writes at most `maxColumnLength` values. Returns how many decimals they have at most, 0 to 9, or
 * -1 if one has more; NaN has none.
 */
export function encodeColumn(writer: BitWriter, values: Float64Array): number {
  if (present.length < values.length) {
    present = new Float64Array(values.length);
    integers = new Float64Array(values.length);
    places = new Float64Array(values.length);
  }
  let n = 0;
  let absent = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) places[absent++] = i;
    else present[n++] = value;
  }
  putPlaces(writer, absent, values.length);
  if (n === 0) return 0;
  const scale = scaleOf(n);
  if (scale !== noScale && withinReach(integers, n)) {
    writer.put(scale, scaleBits);
    let zeros = 0;
    for (let i = 0; i < n; i++) {
      if (integers[i] === 0 && Object.is(present[i], -0)) places[zeros++] = i;
    }
    putPlaces(writer, zeros, n);
    encodeIntegers(writer, integers, n);
  } else {
    writer.put(noScale, scaleBits);
    encodeDoubles(writer, present, n);
  }
  return scale <= mostDecimals ? scale : -1;
}

/** Leaves in `integers` what the divisor of the scale divides. */
function scaleOf(n: number): number {
  const scale = divisors.findIndex((divisor) => dividesToAll(divisor, n));
  return scale < 0 ? noScale : scale;
}

function dividesToAll(divisor: number, n: number): boolean {
  for (let i = 0; i < n; i++) {
    const value = present[i]!;
    // Faster than `Math.round`, which branches; with 0.5 it would change odd integers above 2^52.
    const integer = Math.floor(value * divisor + almostHalf);
    // The limit also refuses what became infinite by the multiplication.
    if (integer / divisor !== value || Math.abs(integer) > 2 ** 53) return false;
    integers[i] = integer;
  }
  return true;
}

/** Reads as many values as `out` has room for. Throws for bits that no `encodeColumn` wrote. */
export function decodeColumn(reader: BitReader, out: Float64Array): void {
  const absent = getPlaces(reader, out.length);
  const n = absent === all ? 0 : out.length - absent.length;
  if (n === 0) {
    out.fill(Number.NaN);
    return;
  }
  const scale = reader.get(scaleBits);
  if (scale === noScale) {
    decodeDoubles(reader, out, n);
  } else {
    const divisor = divisors[scale];
    if (divisor === undefined) throw reader.error(`the scale ${scale}`);
    const zeros = getPlaces(reader, n);
    decodeIntegers(reader, out, n, divisor);
    if (zeros === all) out.fill(-0, 0, n);
    else for (const place of zeros) out[place] = -0;
  }
  if (n < out.length) spread(reader, out, n, absent);
}

/** Moves the first n values apart, from the last one on, to make room for NaN. */
function spread(reader: BitReader, out: Float64Array, n: number, absent: Float64Array): void {
  let value = n;
  let gap = absent.length;
  for (let i = out.length - 1; i >= 0; i--) {
    if (gap > 0 && absent[gap - 1] === i) {
      out[i] = Number.NaN;
      gap--;
    } else {
      out[i] = out[--value]!;
    }
  }
  if (gap > 0) throw reader.error("a null at no place");
}

function putPlaces(writer: BitWriter, n: number, most: number): void {
  writer.reserve(8);
  if (n === 0 || n === most) {
    writer.put(n === 0 ? nowhere : everywhere, placesBits);
    return;
  }
  writer.put(somewhere, placesBits);
  writer.put(n - 1, countBits);
  encodeIntegers(writer, places, n);
  // For the scale, which may come next.
  writer.reserve(8);
}

/** The places in ascending order; `all` itself for all. */
function getPlaces(reader: BitReader, most: number): Float64Array {
  const where = reader.get(placesBits);
  if (where === nowhere) return none;
  if (where === everywhere) return all;
  if (where !== somewhere) throw reader.error(`places of kind ${where}`);
  const n = reader.get(countBits) + 1;
  if (n > most) throw reader.error(`${n} places in ${most}`);
  const found = new Float64Array(n);
  decodeIntegers(reader, found, n, 1);
  return found;
}

const none = new Float64Array(0);
const all = new Float64Array(0);
