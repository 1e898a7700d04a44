import { type FileHandle, open, rm } from "node:fs/promises";
import path from "node:path";
import { PlotcastError } from "@plotcast/protocol";
import { Hono } from "hono";
import type { Log } from "../log/log.ts";
import type { Store } from "../store/store.ts";
import { streamBody } from "./stream-body.ts";

export type StoreParts = {
  readonly log: Log;
  readonly store: Store;
  /** Where a backup is written before it is sent. */
  readonly backupDir: string;
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
};

/** `GET /v1/stats`: how much is kept. `POST /v1/backup`: all of it, as one file. */
export function storeRoutes(parts: StoreParts): Hono {
  const { log, store, backupDir, now, onError } = parts;
  const app = new Hono();

  app.get("/v1/stats", async (c) => {
    const { epoch, head, oldest } = log;
    c.header("Cache-Control", "no-store");
    return c.json({ ...(await store.stats()), log: { epoch, head, oldest } });
  });

  let busy = false;
  const turn = async function* (file: FileHandle) {
    try {
      yield* bytesOf(file);
    } finally {
      busy = false;
    }
  };
  // Not a GET, although it only reads: it fills the disk once more, which not every reader may.
  app.post("/v1/backup", async (c) => {
    const headers = {
      "Content-Type": "application/vnd.sqlite3",
      "Content-Disposition": `attachment; filename="plotcast-${dayOf(now())}.db"`,
      "Cache-Control": "no-store",
    };
    // Each occupies the disk with all there is once more.
    if (busy) {
      throw new PlotcastError("unavailable", "cannot make a backup: another one is being made");
    }
    busy = true;
    const { file, size } = await openBackup(store, backupDir).catch((error: unknown) => {
      busy = false;
      throw error;
    });
    return await streamBody(c, turn(file), { ...headers, "Content-Length": String(size) }, onError);
  });

  return app;
}

/** A file that is gone from its folder already, and from the disk when it is closed. */
async function openBackup(
  store: Store,
  dir: string,
): Promise<{ readonly file: FileHandle; readonly size: number }> {
  // One name, so that what a crash has left behind goes with the next backup.
  const name = path.join(dir, `backup-${process.pid}.tmp`);
  await rm(name, { force: true });
  try {
    await store.backup(name);
    const file = await open(name);
    return { file, size: (await file.stat()).size };
  } finally {
    await rm(name, { force: true });
  }
}

const pieceBytes = 256 * 1024;

/** The bytes of a file, which is closed at the end; nobody has to read so far. */
async function* bytesOf(file: FileHandle): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  try {
    for (;;) {
      const { bytesRead, buffer } = await file.read(new Uint8Array(pieceBytes), 0, pieceBytes);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
