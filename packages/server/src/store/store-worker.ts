import { workerData } from "node:worker_threads";
import { PlotcastError } from "@plotcast/protocol";
import { backupDatabase, failureOf, openingIn } from "../sqlite/database.ts";
import { freeBuffer } from "../thread/free-buffer.ts";
import { answerCalls } from "../thread/worker-calls.ts";
import { batchesIn, type PackedBatches } from "./batch-pack.ts";
import { Engine, type EngineOptions } from "./engine.ts";
import { HistoryPacker, type PackedHistory } from "./history-codec.ts";
import { historyFile } from "./history-file.ts";
import { type PackedPage, readPage } from "./samples-pager.ts";
import type { HistoryRequest, SeriesAbout, SeriesDetails, StoreStats } from "./store.ts";
import type { StoredSeries } from "./stored-series.ts";

/*
 * The worker that alone has the file of the store, and what is not in it yet.
 *
 * Batches and reads come in one line, so a read sees all batches before it and none after. Between
 * them it seals and drops in short slices.
 */

export type StoreData = Omit<EngineOptions, "now" | "clock">;

/** How the store stands; every answer to a batch says so. */
export type Progress = {
  readonly applied: number;
  readonly keptFrom: number;
  /** Samples that it should have put into chunks by now. */
  readonly excess: number;
  /** Why it cannot write at the moment. */
  readonly failure: Pick<PlotcastError, "code" | "message"> | undefined;
  /** What was found to be damaged since the last answer. */
  readonly damage: readonly string[];
};

export type ApplyCall = PackedBatches & {
  /** Series that no batch before had, and the id of the first of them in the log. */
  readonly names: readonly string[];
  readonly firstId: number;
  readonly replay: boolean;
};

type Ids = { readonly ids: Uint32Array };

export type StoreCalls = {
  begin(log: {
    readonly epoch: string;
    readonly head: number;
    readonly names: readonly string[];
  }): Progress & {
    /** Everything up to this offset is in the file, if perhaps not durably. */
    readonly reached: number;
    /** Series that the log does not know. */
    readonly missing: readonly string[];
  };
  /** Names series of the log that have no batch yet, and tells what is known of all. */
  name(series: { readonly names: readonly string[]; readonly firstId: number }): {
    readonly abouts: readonly (readonly [id: number, SeriesAbout])[];
  };
  apply(batch: ApplyCall): Progress;
  progress(options: object): Progress;
  /** Makes durable what is in the file, if it can. */
  checkpoint(options: object): Progress;
  history(
    request: Ids & Omit<HistoryRequest, "ids" | "signal">,
  ): PackedHistory & { readonly offset: number };
  samples(range: Ids & { readonly from: number; readonly to: number }): PackedPage;
  version(range: { readonly from: number; readonly to: number }): { readonly version: string };
  missedSince(options: { readonly offset: number }): { readonly time: number | undefined };
  describe(options: { readonly id: number; readonly about: SeriesAbout }): undefined;
  details(options: Ids): { readonly details: readonly SeriesDetails[] };
  stats(options: object): StoreStats;
  /** Seals a slice of what came up to an offset; `more` if that was not all. */
  sealAll(options: { readonly upTo: number }): { readonly more: boolean };
  backup(options: { readonly file: string }): Promise<undefined>;
};

/** One slice of sealing; a read behind it waits as long. In a hurry each commit should carry more. */
const sliceMs = 8;
const longSliceMs = 25;
/** Between slices, so that a commit carries more than one seal when there is no hurry. */
const restMs = 100;
const hurryAt = 20_000;
const retainEveryMs = 30_000;
const checkpointEveryMs = 5_000;
/** After a failure: a full disk is not emptier a millisecond later. */
const retryMs = 500;
/** Bounds the memory of one answer: 13 columns of 8 bytes for each bucket. */
const maxBucketsInAll = 500_000;
const leastColumns = 8;
const reading = "read the history";

const data = workerData as StoreData;
/** Opened by `begin`, so that whoever asked is told why it cannot be. */
let engine: Engine;
let timers: NodeJS.Timeout[] = [];
let timer: NodeJS.Timeout | NodeJS.Immediate | undefined;
let failure: PlotcastError | undefined;
let retaining = false;
/** What is still due has to wait for the next start. */
let closed = false;
let retainedAt = 0;

answerCalls<StoreCalls>(
  {
    begin: ({ epoch, head, names }) =>
      telling(openingIn(historyFile, data.dir), () => {
        engine = new Engine(data);
        timers = [
          setInterval(() => schedule(), 1000),
          setInterval(() => retain(), retainEveryMs),
          setInterval(() => attempt(() => engine.checkpoint()), checkpointEveryMs),
        ];
        engine.begin(epoch, head);
        engine.name(1, names);
        retain();
        return {
          ...progress(),
          reached: engine.offset,
          missing: engine.series.missingIn(names),
        };
      }),
    name: ({ names, firstId }) => {
      engine.name(firstId, names);
      return { abouts: [...engine.series.abouts()] };
    },
    apply: ({ names, firstId, replay, ...packed }) => {
      engine.name(firstId, names);
      for (const batch of batchesIn(packed)) engine.apply(batch, replay);
      freeBuffer(packed.buffer);
      schedule();
      return progress();
    },
    progress: () => {
      schedule();
      return progress();
    },
    checkpoint: () => {
      attempt(() => engine.checkpoint());
      return progress();
    },
    history: ({ ids, ...range }) =>
      telling(reading, () => {
        const wanted = settled(ids);
        const fair = Math.floor(maxBucketsInAll / Math.max(1, wanted.length));
        const px = Math.min(range.px, Math.max(leastColumns, fair));
        const packer = new HistoryPacker(wanted.length);
        for (const [id, series] of wanted) {
          const found = engine.reader.history(series, { ...range, px });
          if (found) packer.add(id, found);
        }
        return { ...packer.take(), offset: engine.offset };
      }),
    samples: ({ ids, from, to }) =>
      telling(reading, () => readPage(engine.reader, settled(ids), from, to)),
    version: ({ from, to }) => ({ version: engine.version(from, to) }),
    missedSince: ({ offset }) => ({ time: engine.arrivals.earliestSince(offset) }),
    describe: ({ id, about }) => {
      engine.describe(id, about);
      return undefined;
    },
    details: ({ ids }) =>
      telling(reading, () => ({
        details: engine.details(settled(ids).map(([, series]) => series)),
      })),
    stats: () => telling(reading, () => engine.stats()),
    sealAll: ({ upTo }) => ({
      more: engine.sealDue(sliceMs, true) && engine.unsealedFrom <= upTo,
    }),
    backup: async ({ file }) => {
      await backupDatabase(engine.database, file);
      return undefined;
    },
  },
  () => {
    for (const each of timers) clearInterval(each);
    closed = true;
    engine?.close();
  },
);

/** Runs `act`; what SQLite or the disk says against it is told with what can be done about it. */
function telling<T>(action: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw failureOf(action, error, historyFile);
  }
}

/** The wanted series, ready to be read. */
function settled(ids: Uint32Array): (readonly [number, StoredSeries])[] {
  const wanted = [...ids].map((id) => [id, engine.series.get(id)!] as const);
  // On a full disk late samples are left out of an answer; all others are told as ever.
  attempt(() => engine.settle(wanted.map(([, series]) => series)));
  return wanted;
}

function progress(): Progress {
  const { durable, keptFrom, excess } = engine;
  return {
    applied: durable,
    keptFrom,
    excess,
    failure: failure && { code: failure.code, message: failure.message },
    damage: engine.damage.take(),
  };
}

/** Seals soon, or at once if there is a lot. */
function schedule(): void {
  if (timer !== undefined || closed) return;
  if (failure) timer = setTimeout(work, retryMs);
  else if (engine.excess > hurryAt) timer = setImmediate(work);
  else timer = setTimeout(work, restMs);
}

function work(): void {
  timer = undefined;
  if (closed) return;
  attempt(() => {
    const hurry = engine.excess > hurryAt;
    const more = engine.sealDue(hurry ? longSliceMs : sliceMs);
    failure = undefined;
    if (engine.bytes - retainedAt > data.maxBytes / 64) retain();
    if (more) timer = hurry ? setImmediate(work) : setTimeout(work, sliceMs);
  });
}

/** In slices, between which batches and reads have their turn. */
function retain(): void {
  if (retaining) return;
  retaining = true;
  retainedAt = engine.bytes;
  retainSlice();
}

function retainSlice(): void {
  retaining = false;
  if (closed) return;
  attempt(() => {
    retaining = engine.retain();
    if (retaining) setTimeout(retainSlice, sliceMs);
    else retainedAt = engine.bytes;
  });
}

/** What could not be written stays in memory, and is tried again. */
function attempt(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof PlotcastError)) throw error;
    failure = error;
    schedule();
  }
}
