import type { Batch } from "../log/log.ts";
import type {
  HistoryRequest,
  SamplesPage,
  SeriesAbout,
  SeriesDetails,
  SeriesHistory,
  StoreStats,
} from "../store/store.ts";
import type { Failure } from "./messages.ts";
import type { PackedBlocks } from "./packed-blocks.ts";

/*
 * What travels between the main process, which has log and store, and a worker, which has neither.
 *
 * A worker mirrors what the contracts give at once: head, series, descriptions. That is right because
 * the line keeps its order: names come before the batch that needs them, a batch before the answer to
 * whoever appended it and before a history that has it.
 */

/** Numbers of log and store that move by themselves. */
export type State = {
  readonly oldest: number;
  readonly keptFrom: number;
  readonly applied: number;
};

/** What has changed; what is not given has not. */
export type News = {
  /** Series after those told before. */
  readonly names?: readonly string[];
  readonly state?: State;
  readonly abouts?: readonly (readonly [id: number, about: SeriesAbout])[];
  readonly batch?: Batch;
};

/** All a worker has to know of log and store when it begins. */
export type Opening = Required<Omit<News, "batch">> & {
  readonly epoch: string;
  readonly head: number;
};

/** Some of the calls of an `append` by number: where they are in the log, or why they are not. */
export type Appended = readonly {
  readonly call: number;
  readonly result: number | Failure;
}[];

export type LogPage = {
  readonly batches: readonly Batch[];
  /** Everything up to this offset is in this page, or was left out on purpose. */
  readonly reached: number;
};

/** Some of the series of a history, all of which is of one offset. */
export type HistoryPage = {
  readonly offset: number;
  readonly series: readonly (readonly [id: number, history: SeriesHistory])[];
};

type Range = { readonly ids: Uint32Array; readonly from: number; readonly to: number };

/** What a worker asks of the main process. */
export type BackendCalls = {
  /** Told, not called: it is answered by `appended`, many at a time. `first` is the number of the first. */
  append(blocks: PackedBlocks & { readonly first: number }): undefined;
  takes(nothing: undefined): Promise<void>;
  /** Nothing: answered once all is told that has happened until then. */
  catchUp(nothing: undefined): Promise<void>;
  page(range: {
    readonly after: number;
    readonly until: number;
    readonly since: number;
  }): Promise<LogPage>;
  history(
    request: Range & Required<Pick<HistoryRequest, "px" | "as" | "andLater">>,
    signal: AbortSignal,
  ): AsyncIterable<HistoryPage>;
  samples(request: Range, signal: AbortSignal): AsyncIterable<SamplesPage>;
  version(range: { readonly from: number; readonly to: number }): Promise<string>;
  missedSince(offset: number): Promise<number | undefined>;
  details(ids: Uint32Array): Promise<SeriesDetails[]>;
  describe(what: { readonly id: number; readonly about: SeriesAbout }): Promise<void>;
  room(nothing: undefined): Promise<void>;
  stats(nothing: undefined): Promise<StoreStats>;
  backup(file: string): Promise<void>;
};

/** What a worker is told of log and store. */
export type BackendNews = {
  news(news: News): undefined;
  appended(calls: Appended): undefined;
};
