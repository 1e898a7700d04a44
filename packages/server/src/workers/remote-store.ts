import type {
  History,
  HistoryRequest,
  SamplesPage,
  SamplesRequest,
  SeriesAbout,
  SeriesDetails,
  SeriesHistory,
  Store,
  StoreStats,
} from "../store/store.ts";
import { Turns } from "../store/turns.ts";
import type { BackendCalls, HistoryPage, News, Opening } from "./backend-calls.ts";
import type { Peer } from "./peer.ts";

/** Each may hold a history in the main process, and a page on the line. */
const maxReadsAtOnce = 2;

/** The store of the main process, as a worker has it. */
export class RemoteStore implements Store {
  applied: number;
  keptFrom: number;
  readonly #abouts: Map<number, SeriesAbout>;
  readonly #peer: Peer<BackendCalls>;
  readonly #turns = new Turns(maxReadsAtOnce);

  constructor(peer: Peer<BackendCalls>, { state, abouts }: Opening) {
    this.#peer = peer;
    this.applied = state.applied;
    this.keptFrom = state.keptFrom;
    this.#abouts = new Map(abouts);
  }

  async history({ ids, from, to, px, andLater, as, signal }: HistoryRequest): Promise<History> {
    return await this.#turns.take(async () => {
      signal?.throwIfAborted();
      const request = { ids: Uint32Array.from(ids), from, to, px };
      const more = { as: as ?? "values", andLater: andLater ?? false };
      return await joinHistory(this.#peer.pages("history", { ...request, ...more }, signal));
    });
  }

  async *samples({ ids, from, to, signal }: SamplesRequest): AsyncGenerator<SamplesPage> {
    const pages = this.#peer.pages("samples", { ids: Uint32Array.from(ids), from, to }, signal);
    try {
      for (;;) {
        // A turn for each page and not for all: whoever downloads a year takes its time.
        const { value, done } = await this.#turns.take(() => pages.next());
        if (done) return;
        yield value;
      }
    } finally {
      await pages.return();
    }
  }

  version(from: number, to: number): Promise<string> {
    return this.#peer.call("version", { from, to });
  }

  missedSince(offset: number): Promise<number | undefined> {
    return this.#peer.call("missedSince", offset);
  }

  about(id: number): SeriesAbout | undefined {
    return this.#abouts.get(id);
  }

  details(ids: Iterable<number>): Promise<SeriesDetails[]> {
    return this.#peer.call("details", Uint32Array.from(ids));
  }

  describe(id: number, about: SeriesAbout): Promise<void> {
    return this.#peer.call("describe", { id, about });
  }

  room(): Promise<void> {
    return this.#peer.call("room", undefined);
  }

  stats(): Promise<StoreStats> {
    return this.#peer.call("stats", undefined);
  }

  backup(file: string): Promise<void> {
    return this.#peer.call("backup", file);
  }

  /** The main process closes its store itself. */
  async close(): Promise<void> {}

  news({ state, abouts = [] }: News): void {
    if (state) {
      this.applied = state.applied;
      this.keptFrom = state.keptFrom;
    }
    for (const [id, about] of abouts) this.#abouts.set(id, about);
  }
}

async function joinHistory(pages: AsyncIterable<HistoryPage>): Promise<History> {
  let offset: number | undefined;
  const series: (readonly [number, SeriesHistory])[] = [];
  for await (const page of pages) {
    offset = page.offset;
    series.push(...page.series);
  }
  if (offset === undefined) throw new Error("BUG: a history without a page");
  return { offset, series: new Map(series) };
}
