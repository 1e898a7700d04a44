const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * The widths a bucket may have, Unix ms, ascending. Few and round, each anchored to the epoch, so that
 * the same zoom shows the same buckets to everyone, for ever.
 */
export const bucketWidths: readonly number[] = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * second),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
  ...[1, 2, 3, 6, 12].map((n) => n * hour),
  ...[1, 2, 7, 14, 28, 56, 112, 224, 448].map((n) => n * day),
];

/** The narrowest width that cuts `spanMs` into at most `count` buckets. */
export function bucketWidth(spanMs: number, count: number): number {
  return bucketWidths.find((width) => spanMs / width <= count) ?? bucketWidths.at(-1)!;
}
