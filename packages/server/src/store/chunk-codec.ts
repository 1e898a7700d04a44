import { BitReader, BitWriter } from "./bits.ts";
import { decodeColumn, encodeColumn, maxColumnLength } from "./column.ts";
import { newPoints, type Points } from "./points.ts";

/*
 * Samples of one series as a blob of bits (bits.ts draws its frame):
 *
 *     | n - 1, 16 bits | column of n times | column of n values |
 *
 * Any float64 comes back, NaN as some NaN. Nothing here relies on times that ascend.
 */
const version = 1;
const countBits = 16;

/** Keeps what a damaged blob can ask for below 1 MB, and a count within its bits. */
const maxSamples = maxColumnLength;

const writer = new BitWriter();
const reader = new BitReader();

/** A blob, and how many decimals the values have at most: 0 to 9, or -1 if one has more. */
export function encodeChunk({ times, values }: Points): {
  readonly data: Uint8Array;
  readonly decimals: number;
} {
  const n = times.length;
  if (n < 1 || n > maxSamples || values.length !== n) {
    throw new Error(`BUG: a chunk of ${n} times and ${values.length} values`);
  }
  writer.start();
  writer.put(n - 1, countBits);
  encodeColumn(writer, times);
  const decimals = encodeColumn(writer, values);
  return { data: writer.finish(version), decimals };
}

/** What was encoded, in the `room` for n samples. Throws for anything that `encodeChunk` did not write. */
export function decodeChunk(data: Uint8Array, room = newPoints): Points {
  reader.open(data, version, "chunk");
  const n = reader.get(countBits) + 1;
  const points = room(n);
  decodeColumn(reader, points.times);
  decodeColumn(reader, points.values);
  reader.close();
  return points;
}
