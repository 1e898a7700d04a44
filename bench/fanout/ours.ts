import { spawnSync } from "node:child_process";
import path from "node:path";
import { freePort } from "../store/http.ts";
import type { Scratch } from "../store/scratch.ts";
import { onCore, serverCore } from "./cores.ts";
import { otherServer } from "./flags.ts";
import { type Publication, startPublisher } from "./publisher.ts";
import { answering } from "./request.ts";
import type { Running, System } from "./system.ts";

const ownMain = path.join(import.meta.dirname, "../../packages/plotcast/src/main.ts");

export type ServerOptions = {
  readonly port?: number;
  /** Where its samples are; a new folder if not given. */
  readonly dir?: string;
  /** -1: not kept to one core. */
  readonly core?: number;
  readonly flags?: readonly string[];
};

export type OwnServer = {
  readonly pid: number;
  readonly port: number;
  readonly url: string;
  readonly stop: (signal?: "SIGTERM" | "SIGKILL") => Promise<void>;
};

/** Whether the command has such a flag: some are younger than others. */
export function knowsFlag(flag: string): boolean {
  const args = ["-C", "@plotcast/source", otherServer ?? ownMain, "--help"];
  return spawnSync(process.execPath, args, { encoding: "utf8" }).stdout.includes(`${flag} `);
}

let folders = 0;

function newFolder(scratch: Scratch): string {
  return scratch.folder(`data-${folders++}`);
}

/** Starts the server as its command does: with the same settings of V8 and malloc. */
export async function startServer(
  scratch: Scratch,
  { port, dir, core = serverCore, flags = [] }: ServerOptions = {},
): Promise<OwnServer> {
  const at = port ?? (await freePort());
  const [command, ...args] = onCore(core, [
    process.execPath,
    "--max-semi-space-size=2",
    "--optimize-for-size",
    "-C",
    "@plotcast/source",
    otherServer ?? ownMain,
    `--port=${at}`,
    ...(flags.includes("--no-persist") ? [] : [`--data=${dir ?? newFolder(scratch)}`]),
    "--log-level=error",
    ...flags,
  ]);
  const child = scratch.start(command, args, {
    stdio: ["ignore", "ignore", "inherit"],
    env: { MALLOC_ARENA_MAX: "2", ...process.env },
  });
  const scheme = flags.some((flag) => flag.startsWith("--tls-cert")) ? "https" : "http";
  const url = `${scheme}://127.0.0.1:${at}`;
  await answering(`${url}/v1/series`);
  return { pid: child.process.pid!, port: at, url, stop: child.stop };
}

/** How samples come to ours unless a bench is about that: all that are due, at most every 5 ms. */
export function publicationTo(url: string, options: Partial<Publication> = {}): Publication {
  return {
    url: `${url}/v1/samples`,
    body: "table",
    series: ["p"],
    values: "row",
    each: false,
    tickMs: 5,
    connections: 8,
    stamp: "due",
    ...options,
  };
}

/** History is kept short where the bench is not about it: it grows with every step. */
export const livePath = "/v1/stream?series=p&span=1s";

export const ours: System = {
  name: "Plotcast",
  start: async (scratch, _programs, { history, port } = {}): Promise<Running> => {
    const server = await startServer(scratch, port === undefined ? {} : { port });
    const publisher = await startPublisher(scratch, publicationTo(server.url));
    const { pid } = server;
    return {
      name: ours.name,
      pid,
      port: server.port,
      path: history === undefined ? livePath : "/v1/stream?series=p",
      format: "frames",
      rate: async (perSecond) => {
        await publisher.rate(perSecond);
      },
      stop: async () => {
        const { failed, lastFailure } = await publisher.rate(0);
        if (failed > 0) console.log(`${failed} posts failed, the last one so: ${lastFailure}`);
        await publisher.stop();
        await server.stop();
      },
    };
  },
};
