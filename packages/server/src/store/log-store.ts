import { PlotcastError } from "@plotcast/protocol";
import type { Batch, Log } from "../log/log.ts";
import { bucketWidth } from "./ladder.ts";
import { Reducer } from "./reducer.ts";
import type { HistoryRequest, SeriesHistory, Store } from "./store.ts";

// What one request may hold in memory: 16 bytes and some for each point. A chart of a thousand series
// still gets 500 buckets each; nobody can make out more.
const maxPointsInAll = 2_000_000;
const pointsPerBucket = 4;
// A screen has no more columns than this, and a request must not ask for a bucket per millisecond.
const maxPx = 8192;
// Decoding competes with ingest for the processor; more at once would only finish later together.
const maxReadsAtOnce = 2;

/** History straight from the log: it reads every batch of the range, whatever is selected. */
export class LogStore implements Store {
  readonly #log: Log;
  #reading = 0;
  readonly #queue: (() => void)[] = [];

  constructor(log: Log) {
    this.#log = log;
  }

  async history(request: HistoryRequest): Promise<Map<number, SeriesHistory>> {
    await this.#turn();
    try {
      return await this.#read(request);
    } finally {
      const next = this.#queue.shift();
      if (next) next();
      else this.#reading--;
    }
  }

  /** Whoever is handed a turn has to hand it on, also if it has left meanwhile: see `finally`. */
  async #turn(): Promise<void> {
    if (this.#reading < maxReadsAtOnce) this.#reading++;
    else await new Promise<void>((go) => this.#queue.push(go));
  }

  async #read(request: HistoryRequest): Promise<Map<number, SeriesHistory>> {
    request.signal?.throwIfAborted();
    const collect = new Collector(request, this.#wanted(request));
    for await (const batch of this.#log.read(0, request.until, { since: request.from })) {
      request.signal?.throwIfAborted();
      collect.add(batch);
    }
    return collect.result();
  }

  #wanted({ wants }: HistoryRequest): Set<number> {
    const ids = new Set<number>();
    for (let id = 1; id <= this.#log.series.size; id++) if (wants(id)) ids.add(id);
    return ids;
  }
}

class Collector {
  readonly #request: HistoryRequest;
  readonly #wanted: Set<number>;
  readonly #reducers = new Map<number, Reducer>();
  readonly #maxPoints: number;
  readonly #bucketMs: number;
  #held = 0;

  constructor(request: HistoryRequest, wanted: Set<number>) {
    this.#request = request;
    this.#wanted = wanted;
    const fair = Math.max(8, Math.floor(maxPointsInAll / Math.max(1, wanted.size)));
    const asked = pointsPerBucket * Math.min(request.px ?? maxPx, maxPx);
    this.#maxPoints = request.px === undefined ? Number.POSITIVE_INFINITY : Math.min(asked, fair);
    const span = Math.max(1, request.to - request.from);
    this.#bucketMs = bucketWidth(span, Math.max(1, this.#maxPoints / pointsPerBucket));
  }

  add({ ids, times, values }: Batch): void {
    const { from, andLater } = this.#request;
    const to = andLater ? Number.POSITIVE_INFINITY : this.#request.to;
    for (let i = 0; i < ids.length; i++) {
      const time = times[i]!;
      if (time < from || time > to || !this.#wanted.has(ids[i]!)) continue;
      const value = values[i]!;
      this.#reducer(ids[i]!).add(time, Number.isNaN(value) ? null : value);
      this.#held++;
    }
    if (this.#maxPoints === Number.POSITIVE_INFINITY && this.#held > maxPointsInAll) {
      throw new PlotcastError(
        "too-large",
        `cannot read more than ${maxPointsInAll} samples at once; ask for a shorter range or fewer series`,
      );
    }
  }

  result(): Map<number, SeriesHistory> {
    const sorted = [...this.#reducers].sort(([a], [b]) => a - b);
    return new Map(sorted.map(([id, reducer]) => [id, reducer.result()]));
  }

  #reducer(id: number): Reducer {
    let reducer = this.#reducers.get(id);
    if (!reducer) {
      reducer = new Reducer(this.#maxPoints, this.#bucketMs);
      this.#reducers.set(id, reducer);
    }
    return reducer;
  }
}
