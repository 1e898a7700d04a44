import { dividedBytes, type ServerOptions } from "./config.ts";
import type { Intake } from "./ingest/intake.ts";
import { clockRefusal, maxAheadMs } from "./ingest/time-range.ts";
import type { Log } from "./log/log.ts";
import { openMemoryLog } from "./log/memory-log.ts";
import type { SampleBlock } from "./log/sample-block.ts";
import { openSqliteLog } from "./log/sqlite-log.ts";
import { DiskSpace } from "./ops/disk-space.ts";
import type { Logger } from "./ops/logger.ts";
import { openSqliteStore } from "./store/sqlite-store.ts";
import type { Store } from "./store/store.ts";

/** What is behind the HTTP face: the truth, what charts read of it, and the door for samples. */
export interface Backend {
  readonly log: Log;
  readonly store: Store;
  /**
   * As `Log.append`, once it is certain that the samples can be kept. The columns are the caller's
   * again only when it has settled.
   */
  append(block: SampleBlock): Promise<number>;
  /** Resolves if samples are taken now; rejects as `append` would. */
  takes(): Promise<void>;
  close(): Promise<void>;
}

/** Opens what is in the folder of the options, or in memory without one. */
export async function openBackend(options: ServerOptions, logger: Logger): Promise<Backend> {
  const off = new AbortController();
  const { log, store } = await openHistory(options, logger);
  const { dataDir } = options;
  const space = dataDir === undefined ? undefined : await DiskSpace.watch(dataDir, off.signal);
  const hasRoom = async () => {
    const refusal = space?.refusal();
    if (refusal) throw refusal;
    await store.room();
  };
  return {
    log,
    store,
    takes: hasRoom,
    append: async (block) => {
      const refusal = clockRefusal(block, store.keptFrom, Date.now());
      if (refusal) throw refusal;
      await hasRoom();
      return await log.append(block);
    },
    close: async () => {
      await log.close();
      off.abort();
      await store.close();
    },
  };
}

/** The door for samples, as those need it who read them in. */
export function intakeOf({ log, store, append }: Backend): Intake {
  return {
    append,
    findSeries: (series) => {
      const id = log.series.id(series);
      return id === undefined ? undefined : log.series.series(id);
    },
    seriesCount: () => log.series.size,
    timeRange: () => ({ from: store.keptFrom, to: Date.now() + maxAheadMs }),
  };
}

/** The log drops nothing that the store has not got; the store takes from it what a crash left out. */
async function openHistory(
  options: ServerOptions,
  logger: Logger,
): Promise<{ log: Log; store: Store }> {
  const { dataDir: dir, replayMs, keep } = options;
  const bytes = dividedBytes(options);
  let store: Store | undefined;
  const neededAfter = () => store?.applied ?? 0;
  const limits = { keepMs: replayMs, maxBytes: bytes.log, neededAfter };
  const log = dir === undefined ? openMemoryLog(limits) : await openSqliteLog(dir, limits);
  try {
    const onDamage = (what: string) => logger.error(what);
    const onReplay = everySecond((done, total) => logger.info({ done, total }, "reading the log"));
    store = await openSqliteStore(log, { dir, keep, maxBytes: bytes.store, onDamage }, onReplay);
    return { log, store };
  } catch (error) {
    await log.close();
    throw error;
  }
}

/** Tells of something long, but not of each of its steps. */
function everySecond(tell: (done: number, total: number) => void): typeof tell {
  let told = performance.now();
  return (done, total) => {
    if (performance.now() - told < 1000) return;
    told = performance.now();
    tell(done, total);
  };
}
