/**
 * What a hub and its viewers have done since the process began, for `/metrics`.
 *
 * Plain numbers that whoever does the work adds to: there are millions of deliveries a second, so
 * nothing here may be a call, an object or a label. They are only read when somebody asks.
 */
export class HubCounters {
  // Gauges: what is now.
  /** Viewers whose stream is open, joined to a group or still reading from the log. */
  viewers = 0;
  /** Of these, those that wait for a drain, or have more to come than the ring still holds. */
  viewersBehind = 0;
  /** Distinct selections that somebody watches. */
  groups = 0;

  // Counters: what ever was.
  /** Streams begun; refused ones are no streams. */
  connects = 0;
  /** Frames handed to viewers, each counted once for each viewer. */
  deliveries = 0;
  /** Bytes of events before compression, for each viewer they went to. */
  rawBytes = 0;
  /** The same bytes as they were handed to sockets: compressed or not. */
  sentBytes = 0;
  /** Frames that a viewer was not sent when they were due, since it was full. */
  framesSkipped = 0;
  /** Times that a viewer was told of a stretch as `reduced` in place of its samples, after its hello. */
  reductions = 0;

  /** Times that the store was asked for history: once for all who come at about the same time. */
  storeReads = 0;

  /** What hello said, by the word it said. */
  readonly recoveries = { fresh: 0, exact: 0, reduced: 0, reset: 0 };
  /**
   * Streams that we ended: no drain for too long, older than a stream may get, the end of the process, a
   * fault.
   */
  readonly cuts = { stalled: 0, age: 0, drain: 0, failed: 0 };
  /** Viewers that were sent away at once: all seats taken, too many of one address, the process ends. */
  readonly refusals = { full: 0, address: 0, rate: 0, draining: 0 };
  /** Connections of any kind that were closed unheard, since there were too many. */
  droppedConnections = 0;

  /** How long the passes of the hub took, in all their slices. */
  readonly passes = new Durations([
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
  ]);

  /** Once a pass, not once a viewer. */
  passed(seconds: number): void {
    this.passes.add(seconds);
  }
}

/** Durations counted by how long they were, as a Prometheus histogram has them. */
export class Durations {
  /** Upper ends of the buckets in seconds, growing; whatever is longer comes into one more. */
  readonly bounds: readonly number[];
  /** How many fell into each bucket, the last one included. */
  readonly counts: number[];
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Array<number>(bounds.length + 1).fill(0);
  }

  add(seconds: number): void {
    const bucket = this.bounds.findIndex((bound) => seconds <= bound);
    this.counts[bucket < 0 ? this.bounds.length : bucket]!++;
    this.sum += seconds;
  }
}
