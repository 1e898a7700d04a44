/**
 * One number at one time in one series.
 *
 * `series` is the canonical text of a series (see `series.ts`). `time` is Unix milliseconds and may
 * have a fraction (microseconds are kept). `value` is any finite float64, or `null` for "known to be
 * absent here". Both travel and are stored exactly: the float64 that came in is the one that comes out.
 */
export type Sample = {
  readonly series: string;
  readonly time: number;
  readonly value: number | null;
};

/** Samples of one series in columns, in the order in which the log has them. */
export type Columns = {
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
};
