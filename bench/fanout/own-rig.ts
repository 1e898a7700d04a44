import type { Scratch } from "../store/scratch.ts";
import { type Load, type LoadOptions, startLoad } from "./load.ts";
import {
  livePath,
  type OwnServer,
  publicationTo,
  type ServerOptions,
  startServer,
} from "./ours.ts";
import type { Programs } from "./programs.ts";
import { type Publication, type Publisher, startPublisher } from "./publisher.ts";
import type { Running } from "./system.ts";

/** Our server with its publisher and its viewers, who have not come yet. */
export type OwnRig = {
  readonly server: OwnServer;
  readonly publisher: Publisher;
  readonly load: Load;
  readonly running: Pick<Running, "name" | "pid" | "rate">;
};

export type OwnSetup = {
  /** What progress is told of. */
  readonly name: string;
  readonly server?: ServerOptions;
  readonly publication?: Partial<Publication>;
  /** What viewers ask for. */
  readonly path?: string;
  /** `core` is also the publisher's. */
  readonly load?: LoadOptions;
};

/** Starts all three, does something with them, and ends them. */
export async function withOwn<T>(
  scratch: Scratch,
  programs: Programs,
  { name, server: options, publication = {}, path = livePath, load: viewers = {} }: OwnSetup,
  run: (rig: OwnRig) => Promise<T>,
): Promise<T> {
  const server = await startServer(scratch, options);
  const what = publicationTo(server.url, publication);
  const publisher = await startPublisher(scratch, what, viewers.core);
  const target = { port: server.port, path, format: "frames" as const };
  const load = startLoad(scratch, programs.client, target, viewers);
  const rate = async (perSecond: number) => {
    await publisher.rate(perSecond);
  };
  try {
    return await run({ server, publisher, load, running: { name, pid: server.pid, rate } });
  } finally {
    const { failed, lastFailure } = await publisher.rate(0);
    if (failed > 0) console.log(`${name}: ${failed} posts failed, the last one so: ${lastFailure}`);
    await load.stop();
    await publisher.stop();
    await server.stop();
  }
}

/** Connects viewers, and says so if not all get in. */
export async function openAll(load: Load, viewers: number): Promise<void> {
  const { served } = await load.open(viewers);
  if (served < viewers) console.log(`only ${served} of ${viewers} viewers got in`);
}
