import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** A folder to measure in, and the processes that were started for it. */
export type Scratch = {
  /** A new folder in it. */
  readonly folder: (name: string) => string;
  /** Starts a program that ends with the bench at the latest. */
  readonly start: (command: string, args: readonly string[], options?: SpawnOptions) => Child;
};

export type Child = {
  readonly process: ChildProcess;
  /** Asks it to go; resolves once it is gone. */
  readonly stop: (signal?: "SIGTERM" | "SIGKILL") => Promise<void>;
};

/** Runs a bench. What it started and wrote is gone when it ends, and also after Ctrl-C. */
export async function withScratch(run: (scratch: Scratch) => Promise<void>): Promise<void> {
  const root = mkdtempSync(path.join(tmpdir(), "plotcast-bench-"));
  const running = new Set<ChildProcess>();
  const start: Scratch["start"] = (command, args, options = {}) => {
    const child = spawn(command, args, { stdio: "ignore", ...options });
    const gone = new Promise<void>((resolve) => {
      child.once("exit", () => resolve());
      child.once("error", () => resolve());
    });
    running.add(child);
    void gone.then(() => running.delete(child));
    const stop = async (signal: "SIGTERM" | "SIGKILL" = "SIGTERM") => {
      child.kill(signal);
      await gone;
    };
    return { process: child, stop };
  };
  const clear = async () => {
    const gone = [...running].map((child) => once(child, "exit"));
    for (const child of running) child.kill("SIGKILL");
    await Promise.all(gone);
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  };
  let interrupted = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      interrupted = true;
      void clear().then(() => process.exit(130));
    });
  }
  // A thread of ours that fails does so in the middle of nothing.
  process.once("uncaughtException", (error) => {
    interrupted = true;
    console.error(error);
    void clear().then(() => process.exit(1));
  });
  const folder = (name: string) => {
    const dir = path.join(root, name);
    mkdirSync(dir);
    return dir;
  };
  try {
    await run({ folder, start });
  } catch (error) {
    // Ctrl-C reaches the children too, and what waits for them fails then.
    if (!interrupted) throw error;
  } finally {
    if (!interrupted) await clear();
  }
}

/**
 * What the files in a folder and below occupy on the disk, or those of them whose names begin like
 * this. Holes in them take no room.
 */
export function bytesIn(dir: string, prefix = ""): number {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.startsWith(prefix))
    .map((entry) => statSync(path.join(entry.parentPath, entry.name), { throwIfNoEntry: false }))
    .reduce((sum, file) => sum + 512 * (file?.blocks ?? 0), 0);
}
