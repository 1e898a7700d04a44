import { PlotcastError } from "@plotcast/protocol";
import type { Backend } from "../backend.ts";
import type { Batch } from "../log/log.ts";
import type { SampleBlock } from "../log/sample-block.ts";
import type { HistoryRequest, SeriesAbout } from "../store/store.ts";
import type {
  Appended,
  BackendCalls,
  BackendNews,
  HistoryPage,
  LogPage,
  Opening,
  State,
} from "./backend-calls.ts";
import { weigh } from "./channel.ts";
import { failureOf } from "./messages.ts";
import { unpackBlocks } from "./packed-blocks.ts";
import type { Peer } from "./peer.ts";
import type { Places } from "./places.ts";

/** 1 MB a page: what others on the line wait for, and what the main process copies at once. */
const pageSamples = 50_000;
const pageBatches = 5_000;
const pageBytes = 1_000_000;

/** The backend of the main process, for its workers: each of them is told what happens, in order. */
export class SharedBackend {
  readonly #backend: Backend;
  readonly #places: Places;
  readonly #links = new Set<Link>();
  #backingUp = false;

  constructor(backend: Backend, places: Places, signal: AbortSignal) {
    this.#backend = backend;
    this.#places = places;
    backend.log.follow((batch) => {
      for (const link of this.#links) link.tell({ batch });
    }, signal);
  }

  /** All a worker must know to begin. From this turn on it has to be told the news: see `Link`. */
  opening(): Opening {
    const { log, store } = this.#backend;
    const ids = Array.from({ length: log.series.size }, (_, index) => index + 1);
    const abouts: [number, SeriesAbout][] = [];
    for (const id of ids) {
      const about = store.about(id);
      if (about) abouts.push([id, about]);
    }
    const names = ids.map((id) => log.series.series(id));
    return { epoch: log.epoch, head: log.head, names, abouts, state: stateOf(this.#backend) };
  }

  add(link: Link): void {
    this.#links.add(link);
  }

  delete(link: Link): void {
    this.#links.delete(link);
  }

  /** What a worker may ask for; `appended` is told what has become of what it appended. */
  calls(appended: (calls: Appended) => void): BackendCalls {
    const { log, store } = this.#backend;
    const answers = new Answers(appended);
    return {
      append: ({ first, ...packed }) => {
        for (const [index, block] of unpackBlocks(packed).entries()) {
          this.#append(block).then(
            (offset) => answers.add(first + index, offset),
            (error: unknown) => answers.add(first + index, failureOf(error)),
          );
        }
        return undefined;
      },
      takes: () => this.#backend.takes(),
      catchUp: async () => {},
      page: (range) => readPage(log, range),
      history: (request, signal) => this.#history({ ...request, signal }),
      samples: (request, signal) => store.samples({ ...request, signal }),
      version: ({ from, to }) => store.version(from, to),
      missedSince: (offset) => store.missedSince(offset),
      details: (ids) => store.details(ids),
      describe: async ({ id, about }) => {
        await store.describe(id, about);
        const now = store.about(id);
        if (now) for (const link of this.#links) link.tell({ abouts: [[id, now]] });
      },
      room: () => store.room(),
      stats: () => store.stats(),
      backup: (file) => this.#backup(file),
    };
  }

  async #append(block: SampleBlock): Promise<number> {
    // Decided here for all: two workers could each find room for the last series.
    const taken = this.#places.take(block.names);
    try {
      return await this.#backend.append(block);
    } finally {
      this.#places.settle(taken);
    }
  }

  async *#history(request: HistoryRequest): AsyncGenerator<HistoryPage> {
    const { offset, series } = await this.#backend.store.history(request);
    let page: HistoryPage["series"][number][] = [];
    let bytes = 0;
    for (const each of series) {
      page.push(each);
      bytes += weigh(each);
      if (bytes < pageBytes) continue;
      yield { offset, series: page };
      page = [];
      bytes = 0;
    }
    yield { offset, series: page };
  }

  async #backup(file: string): Promise<void> {
    // Each occupies the disk with all there is once more, and workers do not know of each other.
    if (this.#backingUp) {
      throw new PlotcastError("unavailable", "cannot make a backup: another one is being made");
    }
    this.#backingUp = true;
    try {
      await this.#backend.store.backup(file);
    } finally {
      this.#backingUp = false;
    }
  }
}

/**
 * What a worker that does not read may leave in our memory: seconds of all a machine can take in. One
 * that is this far behind is of no use to its viewers, who can be served by another.
 */
const maxUnsentBytes = 64_000_000;

/** What one worker has been told of a backend. */
export class Link {
  readonly #backend: Backend;
  readonly #peer: Peer<BackendNews>;
  readonly #onStuck: () => void;
  /** Series it knows. */
  #named: number;
  #state: State;

  /**
   * `opening`: what it has been told in this turn. `onStuck` is called when it leaves too much unread.
   */
  constructor(
    backend: Backend,
    peer: Peer<BackendNews>,
    { names, state }: Pick<Opening, "names" | "state">,
    onStuck: () => void,
  ) {
    this.#backend = backend;
    this.#peer = peer;
    this.#onStuck = onStuck;
    this.#named = names.length;
    this.#state = state;
  }

  /** Tells something, and whatever else has changed since the last time. */
  tell(news: { readonly batch?: Batch; readonly abouts?: Opening["abouts"] }): void {
    this.#peer.tell("news", { ...this.#change(), ...news });
    if (this.#peer.unsentBytes > maxUnsentBytes) this.#onStuck();
  }

  /** Tells what has changed, if anything has. */
  refresh(): void {
    const change = this.#change();
    if (change.names || change.state) this.#peer.tell("news", change);
  }

  #change(): { names?: readonly string[]; state?: State } {
    const { series } = this.#backend.log;
    const known = this.#named;
    const state = stateOf(this.#backend);
    const same = (Object.keys(state) as (keyof State)[]).every((n) => state[n] === this.#state[n]);
    this.#named = series.size;
    this.#state = state;
    const names = Array.from({ length: series.size - known }, (_, i) =>
      series.series(known + 1 + i),
    );
    return { ...(names.length > 0 && { names }), ...(!same && { state }) };
  }
}

/** Gathers what is to be answered, for those who share a batch are answered in one turn. */
class Answers {
  readonly #send: (calls: Appended) => void;
  #calls: Appended[number][] = [];

  constructor(send: (calls: Appended) => void) {
    this.#send = send;
  }

  add(call: number, result: Appended[number]["result"]): void {
    this.#calls.push({ call, result });
    if (this.#calls.length > 1) return;
    process.nextTick(() => {
      const calls = this.#calls;
      this.#calls = [];
      this.#send(calls);
    });
  }
}

function stateOf({ log, store }: Backend): State {
  return { oldest: log.oldest, keptFrom: store.keptFrom, applied: store.applied };
}

async function readPage(
  log: Backend["log"],
  { after, until, since }: Parameters<BackendCalls["page"]>[0],
): Promise<LogPage> {
  const batches: Batch[] = [];
  let samples = 0;
  for await (const { ids, times, values, ...batch } of log.read(after, until, { since })) {
    batches.push({ ...batch, ids: ids.slice(), times: times.slice(), values: values.slice() });
    samples += ids.length;
    if (samples >= pageSamples || batches.length >= pageBatches) {
      return { batches, reached: batch.offset };
    }
  }
  return { batches, reached: until };
}
