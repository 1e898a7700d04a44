import { monitorEventLoopDelay } from "node:perf_hooks";
import { defaultOptions } from "../../packages/server/src/config.ts";
import { type Server, startServer } from "../../packages/server/src/server.ts";
import { answerParent } from "./child.ts";

/** With `dir`: start there. Without: what has happened since the last time. */
export type ServerQuestion = { readonly dir?: string };

export type ServerAnswer = {
  readonly url: string;
  /** How long the thread that serves stood still at most, the millisecond of the clock included. */
  readonly stallMs: number;
};

const loop = monitorEventLoopDelay({ resolution: 1 });
let server: Server | undefined;

await answerParent(async ({ dir }: ServerQuestion) => {
  server ??= await startServer({ ...defaultOptions, port: 0, dataDir: dir, logLevel: "silent" });
  loop.enable();
  const stallMs = loop.max / 1e6;
  loop.reset();
  return { url: server.url, stallMs } satisfies ServerAnswer;
});
