import { BitReader, BitWriter } from "./bits.ts";
import { type Buckets, newBuckets, sliceBuckets } from "./buckets.ts";
import { decodeColumn, encodeColumn } from "./column.ts";

/*
 * Buckets of one series as a blob of bits (bits.ts draws its frame):
 *
 *     | n - 1, 11 bits | starts | counts | firsts | lasts | mins | maxs | sums | drops |
 *     | firstTimes | lastTimes | minTimes | maxTimes | absentTimes |
 *
 *     starts, counts, firsts, drops: | column |
 *     lasts, mins, maxs, sums:       | 1, 1 bit |  as firsts      or  | 0, 1 bit | column |
 *     firstTimes, absentTimes:       | time |
 *     lastTimes, minTimes, maxTimes: | 1, 1 bit |  as firstTimes  or  | 0, 1 bit | time |
 *
 *     time: | 1, 1 bit | column of the times since their bucket's start |
 *       or  | 0, 1 bit | column of the times |   where adding the start would not be exact
 *
 * With one sample per bucket, as in slow series, all is as firsts and firstTimes.
 */
const version = 1;
const countBits = 11;

/** A day of minutes; a row has fewer. Bounds what a damaged blob can ask for. */
const maxBuckets = 1_440;

const writer = new BitWriter();
const reader = new BitReader();
const offsets = new Float64Array(maxBuckets);
const decodedRoom = newBuckets(maxBuckets);
let decoded = sliceBuckets(decodedRoom, 0, 0);

/** Any float64 comes back, NaN as some NaN. */
export function encodeBuckets(buckets: Buckets): Uint8Array {
  const { starts, firsts, firstTimes } = buckets;
  const n = starts.length;
  if (n < 1 || n > maxBuckets) throw new Error(`BUG: a row of ${n} buckets`);
  writer.start();
  writer.put(n - 1, countBits);
  for (const values of [starts, buckets.counts, firsts]) encodeColumn(writer, values);
  for (const values of [buckets.lasts, buckets.mins, buckets.maxs, buckets.sums]) {
    if (!putSame(values, firsts)) encodeColumn(writer, values);
  }
  encodeColumn(writer, buckets.drops);
  encodeTimes(firstTimes, starts);
  for (const times of [buckets.lastTimes, buckets.minTimes, buckets.maxTimes]) {
    if (!putSame(times, firstTimes)) encodeTimes(times, starts);
  }
  encodeTimes(buckets.absentTimes, starts);
  return writer.finish(version);
}

function putSame(values: Float64Array, others: Float64Array): boolean {
  let i = 0;
  while (i < values.length && Object.is(values[i], others[i])) i++;
  const same = i === values.length;
  writer.put(same ? 1 : 0, 1);
  return same;
}

function encodeTimes(times: Float64Array, starts: Float64Array): void {
  // The difference of two floats is seldom a decimal, but that of whole microseconds can be.
  const unit = [1_000, 2 ** 12].find((unit) => sinceStarts(times, starts, unit));
  writer.put(unit ? 1 : 0, 1);
  encodeColumn(writer, unit ? offsets.subarray(0, times.length) : times);
}

/** Leaves in `offsets` the times since their starts; false if these would not add up to them. */
function sinceStarts(times: Float64Array, starts: Float64Array, unit: number): boolean {
  for (let i = 0; i < times.length; i++) {
    const start = starts[i]!;
    const offset = Math.floor((times[i]! - start) * unit + 0.5) / unit;
    if (!Object.is(start + offset, times[i])) return false;
    offsets[i] = offset;
  }
  return true;
}

/**
 * What was encoded, until the next call: rows are read by the thousand, and one by one. Throws for
 * anything that `encodeBuckets` did not write.
 */
export function decodeBuckets(data: Uint8Array): Buckets {
  reader.open(data, version, "row of buckets");
  const n = reader.get(countBits) + 1;
  if (n > maxBuckets) throw reader.error(`one of ${n}`);
  // Rows of one level are nearly all of one length.
  if (decoded.starts.length !== n) decoded = sliceBuckets(decodedRoom, 0, n);
  const into = decoded;
  const { starts, firsts, firstTimes } = into;
  for (const column of [starts, into.counts, firsts]) decodeColumn(reader, column);
  for (const column of [into.lasts, into.mins, into.maxs, into.sums]) {
    if (reader.get(1) === 1) column.set(firsts);
    else decodeColumn(reader, column);
  }
  decodeColumn(reader, into.drops);
  decodeTimes(firstTimes, starts);
  for (const times of [into.lastTimes, into.minTimes, into.maxTimes]) {
    if (reader.get(1) === 1) times.set(firstTimes);
    else decodeTimes(times, starts);
  }
  decodeTimes(into.absentTimes, starts);
  reader.close();
  return into;
}

function decodeTimes(times: Float64Array, starts: Float64Array): void {
  const sinceStart = reader.get(1) === 1;
  decodeColumn(reader, times);
  if (sinceStart) for (let i = 0; i < times.length; i++) times[i] = starts[i]! + times[i]!;
}
