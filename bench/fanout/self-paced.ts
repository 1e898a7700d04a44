import { spawnSync } from "node:child_process";
import path from "node:path";
import { sayOnce } from "../store/figures.ts";
import { freePort } from "../store/http.ts";
import type { Scratch } from "../store/scratch.ts";
import { onCore, serverCore } from "./cores.ts";
import { onPath } from "./programs.ts";
import { answering, request } from "./request.ts";
import type { Running, System, SystemOptions } from "./system.ts";

/*
 * Servers that make their events themselves, at the rate that `GET /rate?<per second>,<bytes>` tells
 * them; `GET /` is a viewer.
 */

type Command = readonly [string, ...string[]];

/** Commands for a port; undefined where it cannot be had. */
type CommandOf = (port: number, options: SystemOptions) => Command | undefined;

function selfPaced(
  name: string,
  commandOf: (scratch: Scratch, floor: string) => CommandOf,
  { env = {}, ...rest }: { env?: Record<string, string>; maxViewers?: number } = {},
): System {
  return {
    name,
    ...rest,
    start: async (scratch, { floor }, options = {}): Promise<Running | undefined> => {
      const port = options.port ?? (await freePort());
      const command = commandOf(scratch, floor)(port, options);
      if (command === undefined) return undefined;
      const [program, ...args] = onCore(serverCore, command);
      const child = scratch.start(program, args, { env: { ...process.env, ...env } });
      const url = `http://127.0.0.1:${port}/rate`;
      await answering(`${url}?0,56`);
      const rate = async (perSecond: number, bytes = 56) => {
        await request("GET", `${url}?${perSecond},${Math.round(bytes)}`);
      };
      const { stop } = child;
      return { name, pid: child.process.pid!, port, path: "/", format: "plain", rate, stop };
    },
  };
}

const file = (name: string) => path.join(import.meta.dirname, name);
const node = (name: string, ...args: string[]): Command => [
  process.execPath,
  "-C",
  "@plotcast/source",
  file(name),
  ...args,
];

/** `node:http` and `response.write(text)`, the text made once. */
export const naive = selfPaced("node:http", () => (port, { history = 0 }) => {
  return node("naive-child.ts", String(port), String(history));
});

/** The library, from the registry at run time: nobody who uses this repository needs it. */
export const betterSse = selfPaced("better-sse", (scratch) => (port) => {
  const module = installedBetterSse(scratch);
  return module === undefined ? undefined : node("better-sse-child.ts", String(port), module);
});

/** The tutorial's server: a thread and a generator for each viewer. */
export const flask = selfPaced(
  "Flask threads",
  () => (port) => {
    const python = pythonWith("flask");
    return python === undefined ? undefined : [python, file("tutorial.py"), String(port)];
  },
  { maxViewers: 1_000 },
);

/** The same page as it would be deployed. */
export const gunicorn = selfPaced(
  "gunicorn + gevent",
  () => (port) => {
    const python = pythonWith("flask", "gunicorn", "gevent");
    if (python === undefined) return undefined;
    const options = [
      "-k",
      "gevent",
      "-w",
      "1",
      "--worker-connections",
      "20000",
      "--backlog",
      "4096",
      // Viewers never leave by themselves; its end would wait for them.
      "--graceful-timeout",
      "1",
    ];
    const app = ["--chdir", import.meta.dirname, "tutorial:app"];
    return [python, "-m", "gunicorn", ...options, "-b", `127.0.0.1:${port}`, ...app];
  },
  { env: { PYTHONDONTWRITEBYTECODE: "1" } },
);

/** What the writes alone cost, in C. */
export const floor = selfPaced("C send()", (_scratch, floor) => (port) => [floor, String(port)]);

let betterSseModule: string | undefined | null = null;

function installedBetterSse(scratch: Scratch): string | undefined {
  if (betterSseModule !== null) return betterSseModule;
  const dir = scratch.folder("better-sse");
  const npm = onPath("npm");
  const quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
  const args = ["install", "--prefix", dir, ...quiet, "better-sse@0.16.1"];
  const done = npm && spawnSync(npm, args, { cwd: dir, timeout: 60_000 }).status === 0;
  betterSseModule = done ? path.join(dir, "node_modules/better-sse/build/index.mjs") : undefined;
  if (!done) sayOnce("better-sse: not measured, npm cannot get it");
  return betterSseModule;
}

/** Debian's Python first: another one on the PATH may have other versions. */
function pythonWith(...modules: string[]): string | undefined {
  const pythons = ["/usr/bin/python3", onPath("python3")].filter((found) => found !== undefined);
  const python = pythons.find(
    (at) => spawnSync(at, ["-c", `import ${modules.join()}`]).status === 0,
  );
  if (!python) sayOnce(`no Python has ${modules.join(", ")}; sh bench/fanout/setup.sh installs it`);
  return python;
}
