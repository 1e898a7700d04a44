import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(import.meta.resolve("../packages/plotcast/src/main.ts"));
const built = fileURLToPath(import.meta.resolve("../packages/plotcast/bin/plotcast.js"));

export type RunningPlotcast = {
  readonly url: string;
  readonly child: ChildProcess;
  /** What it printed so far, both streams. */
  output(): string;
  /** Ends it and waits; resolves to its exit code, or the signal's name. */
  stop(signal?: NodeJS.Signals): Promise<number | string>;
  /** Resident memory, MB. */
  memory(): Promise<number>;
};

/**
 * Runs the real command in a process of its own, and waits until it has printed its address. It ends
 * with the test at the latest. From source, or as it was built, which is what people install.
 */
export async function runPlotcast(
  t: TestContext,
  args: readonly string[],
  { input = "ignore" as "ignore" | "pipe", from = "source" as "source" | "build" } = {},
): Promise<RunningPlotcast> {
  const program = from === "source" ? ["-C", "@plotcast/source", source] : [built];
  const child = spawn(process.execPath, [...program, ...args], {
    stdio: [input, "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1" },
  });
  let output = "";
  const keep = (chunk: Buffer) => {
    // Enough for any message; a test that floods it must not fill this process.
    output = (output + chunk).slice(-100_000);
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  const exited = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  t.after(() => {
    child.kill("SIGKILL");
    return exited;
  });
  const url = await addressOf(child, () => output);
  return {
    url,
    child,
    output: () => output,
    stop: async (signal = "SIGTERM") => {
      child.kill(signal);
      const [code, killedBy] = await exited;
      return code ?? killedBy ?? "";
    },
    memory: async () => {
      const status = await readFile(`/proc/${child.pid}/status`, "utf8");
      return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
    },
  };
}

async function addressOf(child: ChildProcess, output: () => string): Promise<string> {
  for (;;) {
    const url = /https?:\/\/[\w.[\]:-]+:\d+/.exec(output())?.[0];
    if (url) return url;
    if (child.exitCode !== null) throw new Error(`plotcast did not start:\n${output()}`);
    await delay(10);
  }
}

/** A port that was free a moment ago: for a server that must come back at the same address. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("BUG: no TCP address");
  return address.port;
}

/** An empty folder that is removed after the test. */
export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "plotcast-test-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
