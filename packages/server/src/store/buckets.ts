/** Buckets of one series, ascending. Columns of equal length. */
export type Buckets = {
  /** Unix ms, multiples of the width. */
  readonly starts: Float64Array;
  /** Values, nulls not counted. */
  readonly counts: Float64Array;
  readonly sums: Float64Array;
  readonly mins: Float64Array;
  /** The earliest time of the least value. */
  readonly minTimes: Float64Array;
  readonly maxs: Float64Array;
  readonly maxTimes: Float64Array;
  readonly firsts: Float64Array;
  readonly firstTimes: Float64Array;
  readonly lasts: Float64Array;
  readonly lastTimes: Float64Array;
  /**
   * Sum of the values after which a lesser one came: with it a counter's increase is told although it
   * began anew. NaN where that was often, as in what is no counter.
   */
  readonly drops: Float64Array;
  /** The time of the latest null in it; NaN: none. */
  readonly absentTimes: Float64Array;
};

/** The columns of `Buckets`, in the order of the type. */
export const bucketColumnNames = [
  "starts",
  "counts",
  "sums",
  "mins",
  "minTimes",
  "maxs",
  "maxTimes",
  "firsts",
  "firstTimes",
  "lasts",
  "lastTimes",
  "drops",
  "absentTimes",
] as const satisfies readonly (keyof Buckets)[];
