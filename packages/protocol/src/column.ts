/**
 * Exact text for a column of float64s.
 *
 *   [3, 1700000000123000, 1000000, null, 999000]     decimals: first a whole number, then differences,
 *    └ exponent           └ + 1.000 s    └ unknown   in units of 10^-3; null is skipped over
 *   [-1, 0.1, -0, 5e-324]                            raw: each number as JavaScript writes it
 *
 * Most columns are decimals with few digits, and their differences are small whole numbers: a third
 * of the bytes before compression. Whole numbers up to 2^52 have exact differences, and dividing one
 * by a power of ten gives the very float64 that the decimal text stands for. The encoder proves this
 * for every value and falls back to raw, so nothing is ever rounded.
 */

const raw = -1;
const maxExponent = 9;
const scales = Array.from({ length: maxExponent + 1 }, (_, exponent) => 10 ** exponent);
const maxWhole = 2 ** 52;

/** The smallest exponent at which every value is a whole number, exactly; -1 if there is none. */
export function columnExponent(values: readonly (number | null)[]): number {
  let exponent = 0;
  for (const value of values) {
    while (value !== null && !isWhole(value, scales[exponent]!)) {
      if (++exponent > maxExponent) return raw;
    }
  }
  // A larger exponent that one value needed may be too large for one before it.
  return exponent === 0 || isWholeColumn(values, scales[exponent]!) ? exponent : raw;
}

/**
 * The exponent for a column that needs at least `found`, in a row of columns of which those before it
 * had `least`: that, if every value is a whole number with it, too.
 */
export function columnAtLeast(
  least: number,
  values: readonly (number | null)[],
  found: number,
): number {
  const fits = found !== raw && found < least && isWholeColumn(values, scales[least]!);
  return fits ? least : found;
}

function isWholeColumn(values: readonly (number | null)[], scale: number): boolean {
  return values.every((value) => value === null || isWhole(value, scale));
}

function isWhole(value: number, scale: number): boolean {
  const whole = Math.round(value * scale);
  // Negative zero is whole, but a sum of differences never comes out as one.
  return Math.abs(whole) <= maxWhole && whole / scale === value && !Object.is(value, -0);
}

/**
 * The numbers of a column without the exponent in front, separated by commas. `before`: the value that
 * the first difference is to, if the column goes on after one.
 */
export function columnText(
  values: readonly (number | null)[],
  exponent: number,
  before = 0,
): string {
  // Joined and not added up: a frame has thousands, and each addition would leave a string behind.
  return (exponent === raw ? rawParts(values) : differences(values, exponent, before)).join(",");
}

function rawParts(values: readonly (number | null)[]): (number | string)[] {
  // The only number that JavaScript does not write back as it is.
  return values.map((value) => (value === null ? "null" : Object.is(value, -0) ? "-0" : value));
}

function differences(
  values: readonly (number | null)[],
  exponent: number,
  before: number,
): (number | string)[] {
  const scale = scales[exponent]!;
  let last = Math.round(before * scale);
  return values.map((value) => {
    if (value === null) return "null";
    const whole = Math.round(value * scale);
    const difference = whole - last;
    last = whole;
    return difference;
  });
}

/** Reads what `columnText` wrote, as JSON has parsed it. `encoded` holds no exponent. */
export function readColumn(
  encoded: readonly (number | null)[],
  exponent: number,
  before = 0,
): (number | null)[] {
  if (exponent === raw) return [...encoded];
  const scale = scales[exponent]!;
  let whole = Math.round(before * scale);
  return encoded.map((delta) => {
    if (delta === null) return null;
    whole += delta;
    return whole / scale;
  });
}
