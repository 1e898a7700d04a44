import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { freePort, temporaryFolder } from "../plotcast-process.ts";

const root = path.resolve(import.meta.dirname, "../..");
const startMs = 30_000; // generous: a machine that runs tests may be busy

export type RunningExample = {
  /** What it printed so far, both streams. */
  output(): string;
  /** Waits until that matches; resolves to what did. */
  printed(pattern: RegExp): Promise<string>;
  /** Ctrl-C; resolves when every process of the example has ended. */
  interrupt(): Promise<void>;
};

/**
 * Runs the command that an example's README gives, as its reader would from the root of the clone,
 * on a copy of the example. `ports` tells which ones the copy has in place of those in its files.
 */
export async function runExample(
  t: TestContext,
  name: string,
  ports: ReadonlyMap<string, number>,
): Promise<RunningExample> {
  const command = commandOf(copyExample(t, name, ports));
  const env = { ...process.env, PLOTCAST_DATA: await temporaryFolder(t), NO_COLOR: "1" };
  // A group of its own, which is what Ctrl-C in a terminal ends.
  const child = spawn("sh", ["-c", command], { cwd: root, env, detached: true });
  const closed = once(child, "close");
  const signal = (kind: NodeJS.Signals) => {
    try {
      process.kill(-child.pid!, kind);
    } catch (error) {
      // All of the group have ended.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  };
  t.after(async () => {
    signal("SIGKILL");
    await closed;
  });
  child.stdin.end();
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-100_000);
    });
  }
  return {
    output: () => output,
    async printed(pattern) {
      for (const deadline = Date.now() + startMs; ; await delay(20)) {
        const [found] = pattern.exec(output) ?? [];
        if (found !== undefined) return found;
        const why = Date.now() > deadline ? "in time" : child.stdout.closed && "before it ended";
        if (why) throw new Error(`${command} did not print ${pattern} ${why}:\n${output}`);
      }
    },
    async interrupt() {
      signal("SIGINT");
      await closed;
    },
  };
}

/** Free ports in place of those that are named, such as `8090`. */
export async function replacePorts(...names: string[]): Promise<Map<string, number>> {
  const ports = new Map<string, number>();
  for (const name of names) ports.set(name, await freePort());
  return ports;
}

/** Inside the clone, where npx and imports find what they find from the original. */
function copyExample(t: TestContext, name: string, ports: ReadonlyMap<string, number>): string {
  mkdirSync(path.join(root, ".tmp"), { recursive: true });
  const folder = mkdtempSync(path.join(root, ".tmp/example-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(path.join(root, "examples", name), folder, { recursive: true });
  for (const file of globSync(path.join(folder, "*"))) {
    const text = readFileSync(file, "utf8")
      .replaceAll(`examples/${name}/`, `${path.relative(root, folder)}/`)
      .replace(/\b80\d\d\b/g, (port) => String(ports.get(port) ?? port));
    writeFileSync(file, text);
  }
  return folder;
}

function commandOf(folder: string): string {
  const readme = readFileSync(path.join(folder, "README.md"), "utf8");
  const command = /^```sh\n(.+)\n```$/m.exec(readme)?.[1];
  if (command === undefined) throw new Error(`${folder}/README.md has no block with one command`);
  return command;
}
