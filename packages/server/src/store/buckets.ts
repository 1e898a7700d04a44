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

export function newBuckets(length: number): Buckets {
  return bucketsFrom(() => new Float64Array(length));
}

/** Some of the buckets, as views of the same memory. */
export function sliceBuckets(buckets: Buckets, from: number, to: number): Buckets {
  return bucketsFrom((name) => buckets[name].subarray(from, to));
}

/** Buckets of columns made one by one, in the order of the type. */
export function bucketsFrom(column: (name: keyof Buckets) => Float64Array): Buckets {
  return {
    starts: column("starts"),
    counts: column("counts"),
    sums: column("sums"),
    mins: column("mins"),
    minTimes: column("minTimes"),
    maxs: column("maxs"),
    maxTimes: column("maxTimes"),
    firsts: column("firsts"),
    firstTimes: column("firstTimes"),
    lasts: column("lasts"),
    lastTimes: column("lastTimes"),
    drops: column("drops"),
    absentTimes: column("absentTimes"),
  };
}
