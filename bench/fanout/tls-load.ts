import { startChild } from "../store/child.ts";
import type { Scratch } from "../store/scratch.ts";
import { loadCore } from "./cores.ts";

/** What viewers speak. */
export type Protocol = "HTTP/1.1" | "HTTP/2";

export type TlsLoadQuestion =
  | { readonly open: number; readonly url: string; readonly protocol: Protocol }
  | { readonly window: { readonly fromMs: number; readonly toMs: number } }
  | { readonly report: true };

/** Times are ms. */
export type TlsLoadAnswer = {
  /** Viewers that have their history and go on. */
  readonly served: number;
  /** Frames of samples since the beginning. */
  readonly events: number;
  /** Samples of the window. */
  readonly samples: number;
  readonly p50: number;
  readonly p99: number;
  /** Numbers of the row that were left out, or came again. */
  readonly wrong: number;
};

/** Viewers in Node, since the load client speaks neither TLS nor HTTP/2. Good for some hundreds. */
export type TlsLoad = {
  readonly ask: (question: TlsLoadQuestion) => Promise<TlsLoadAnswer>;
  readonly stop: () => Promise<void>;
};

export function startTlsLoad(scratch: Scratch): TlsLoad {
  const options = { core: loadCore };
  const child = startChild<TlsLoadAnswer>(scratch, "../fanout/tls-load-child.ts", options);
  return { ask: child.ask, stop: child.stop };
}
