import { startChild } from "../store/child.ts";
import type { Scratch } from "../store/scratch.ts";
import { loadCore } from "./cores.ts";

/** What is posted where. */
export type Publication = {
  readonly url: string;
  /** `table`: CSV for our `/v1/samples`. `event`: the JSON of one event, for nchan. */
  readonly body: "table" | "event";
  /** Names of the series; each post has a sample of each. */
  readonly series: readonly string[];
  /** `row`: numbers in a row, so that a missing one is noticed. `walk`: random, two decimals. */
  readonly values: "row" | "walk";
  /** A post for each sample; otherwise one for all that are due. */
  readonly each: boolean;
  /** Least time between two posts. */
  readonly tickMs: number;
  /** Posts under way at a time. */
  readonly connections: number;
  /** A sample's time: when it was due (as if sent then), or when its post was sent. */
  readonly stamp: "due" | "sent";
  /** Times so far apart instead, from `fromMs` on: a stream of 1 Hz, faster. */
  readonly steps?: { readonly fromMs: number; readonly stepMs: number };
};

export type PublisherQuestion = { readonly publish?: Publication; readonly perSecond?: number };

export type PublisherAnswer = {
  /** Rows: samples of each series. */
  readonly sent: number;
  readonly posts: number;
  readonly failed: number;
  readonly lastFailure: string | undefined;
};

/** Sends samples at their times, from a process of its own. */
export type Publisher = {
  /** So many rows a second from now on; 0 ends it, and resolves when all posts have been answered. */
  readonly rate: (perSecond: number) => Promise<PublisherAnswer>;
  readonly stop: () => Promise<void>;
};

/** Starts it; it sends nothing yet. */
export async function startPublisher(
  scratch: Scratch,
  publication: Publication,
  core = loadCore,
): Promise<Publisher> {
  const options = core < 0 ? {} : { core };
  const child = startChild<PublisherAnswer>(scratch, "../fanout/publisher-child.ts", options);
  const ask = (question: PublisherQuestion) => child.ask(question);
  await ask({ publish: publication });
  return { rate: (perSecond) => ask({ perSecond }), stop: child.stop };
}
