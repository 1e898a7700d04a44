import type { Sample } from "@plotcast/protocol";
import { dividedBytes, type ServerOptions } from "./config.ts";
import type { Intake } from "./ingest/intake.ts";
import { clockRefusal, maxAheadMs } from "./ingest/time-range.ts";
import type { Log } from "./log/log.ts";
import { openMemoryLog } from "./log/memory-log.ts";
import { openSqliteLog } from "./log/sqlite-log.ts";
import { DiskSpace } from "./ops/disk-space.ts";
import type { Logger } from "./ops/logger.ts";
import { openSqliteStore } from "./store/sqlite-store.ts";
import type { Store } from "./store/store.ts";

/** What is behind the HTTP face: the truth, what charts read of it, and the door for samples. */
export interface Backend {
  readonly log: Log;
  readonly store: Store;
  /** As `Log.append`, once it is certain that the samples can be kept. */
  append(samples: readonly Sample[]): Promise<number>;
  close(): Promise<void>;
}

/** Opens what is in the folder of the options, or in memory without one. */
export async function openBackend(options: ServerOptions, logger: Logger): Promise<Backend> {
  const off = new AbortController();
  const { log, store } = await openHistory(options, logger);
  const { dataDir } = options;
  const space = dataDir === undefined ? undefined : await DiskSpace.watch(dataDir, off.signal);
  return {
    log,
    store,
    append: async (samples) => {
      const refusal = space?.refusal() ?? clockRefusal(samples, store.keptFrom, Date.now());
      if (refusal) throw refusal;
      await store.room();
      return await log.append(samples);
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
    hasSeries: (series) => log.series.id(series) !== undefined,
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
