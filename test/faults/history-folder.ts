import type { Log } from "../../packages/server/src/log/log.ts";
import type { Retaining } from "../../packages/server/src/log/retaining.ts";
import { openSqliteLog } from "../../packages/server/src/log/sqlite-log.ts";
import type { Points } from "../../packages/server/src/store/points.ts";
import { openSqliteStore } from "../../packages/server/src/store/sqlite-store.ts";
import type { Keep, Store } from "../../packages/server/src/store/store.ts";

export type FolderOptions = {
  readonly keep: Keep;
  /** What the store's file may occupy. */
  readonly storeBytes: number;
  /** How long the log keeps what the store has. */
  readonly replayMs: number;
  readonly onDamage?: (what: string) => void;
};

export const keepAll: FolderOptions = {
  keep: { samplesMs: 1e15, minutesMs: 1e15, hoursMs: 1e15 },
  storeBytes: 1e9,
  replayMs: 1e15,
};

export type OpenHistory = {
  readonly log: Retaining;
  readonly store: Store;
  close(): Promise<void>;
};

/** Log and store of a folder, put together as the server does it. */
export async function openHistory(
  dir: string,
  { keep, storeBytes, replayMs, onDamage = () => {} }: FolderOptions,
): Promise<OpenHistory> {
  let store: Store | undefined;
  const log = await openSqliteLog(dir, {
    keepMs: replayMs,
    maxBytes: 1e9,
    neededAfter: () => store?.applied ?? 0,
  });
  try {
    const opened = await openSqliteStore(log, { dir, keep, maxBytes: storeBytes, onDamage });
    store = opened;
    const close = async () => {
      await log.close();
      await opened.close();
    };
    return { log, store, close };
  } catch (error) {
    await log.close();
    throw error;
  }
}

/** Every sample of every series, by name. */
export async function readSamples({
  log,
  store,
}: Pick<OpenHistory, "store"> & { readonly log: Pick<Log, "series"> }): Promise<
  Map<string, Points>
> {
  const all = new Map<string, Points>();
  for (let id = 1; id <= log.series.size; id++) {
    const times: number[] = [];
    const values: number[] = [];
    for await (const page of store.samples({ ids: [id], from: -1e15, to: 1e15 })) {
      for (const time of page.times) times.push(time);
      for (const value of page.values) values.push(value);
    }
    const points = { times: Float64Array.from(times), values: Float64Array.from(values) };
    all.set(log.series.series(id), points);
  }
  return all;
}
