import type { Log } from "../../packages/server/src/log/log.ts";
import { openSqliteLog } from "../../packages/server/src/log/sqlite-log.ts";
import type { Keep } from "../../packages/server/src/store/engine.ts";
import { openSqliteStore } from "../../packages/server/src/store/sqlite-store.ts";
import type { Store } from "../../packages/server/src/store/store.ts";

export type FolderOptions = {
  readonly keep: Keep;
  /** What the store's file may occupy. */
  readonly storeBytes: number;
  /** How long the log keeps what the store has. */
  readonly replayMs: number;
  /** The clock of the log. */
  readonly now?: () => number;
};

export const keepAll: FolderOptions = {
  keep: { samplesMs: 1e15, minutesMs: 1e15, hoursMs: 1e15 },
  storeBytes: 1e9,
  replayMs: 1e15,
};

/** Log and store of a folder, put together as the server does it. */
export async function openHistory(
  dir: string,
  { keep, storeBytes, replayMs, now }: FolderOptions,
): Promise<{ log: Log & { retain(): Promise<void> }; store: Store; close(): Promise<void> }> {
  let store: Store | undefined;
  const log = await openSqliteLog(dir, {
    ...{ keepMs: replayMs, maxBytes: 1e9, neededAfter: () => store?.applied ?? 0 },
    ...(now ? { now } : {}),
  });
  try {
    const opened = await openSqliteStore(log, { dir, keep, maxBytes: storeBytes });
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
