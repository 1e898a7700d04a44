import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Scratch } from "../store/scratch.ts";
import { loadCore, onCore } from "./cores.ts";

/** Where viewers go, and what they are told there. */
export type Target = {
  readonly port: number;
  /** `{n}` in it is a number below `distinct`, one viewer's after the other's. */
  readonly path: string;
  readonly format: "frames" | "plain";
};

export type LoadOptions = {
  readonly gzip?: boolean;
  /** With gzip: bytes are counted and not inflated. */
  readonly countOnly?: boolean;
  /** Receive buffer of every second viewer. */
  readonly rcvbuf?: number;
  readonly distinct?: number;
  /** Events that a plain viewer waits for before it counts as served. */
  readonly enough?: number;
  /** Values are not numbers in a row: nothing is looked for that might be missing. */
  readonly noRows?: boolean;
  readonly core?: number | undefined;
};

/** Times are ms. */
export type Quantiles = {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
};

/** Of the viewers who never stall, or of those who do: samples of the window and how old they came. */
export type GroupReport = Quantiles & {
  readonly viewers: number;
  /** Those who got a sample that is at most 2 s older than anyone's newest. */
  readonly live: number;
  readonly samples: number;
  readonly events: number;
  /** Since the beginning. */
  readonly missing: number;
  readonly twice: number;
};

/** Since the beginning; see `client.c`. */
export type Report = {
  readonly open: number;
  readonly served: number;
  /** Open ones whose stream is compressed. */
  readonly compressed: number;
  readonly missing: number;
  readonly twice: number;
  readonly lastServedMs: number;
  readonly samples: number;
  readonly events: number;
  readonly history: number;
  readonly heartbeats: number;
  readonly wire_bytes: number;
  readonly body_bytes: number;
  readonly reads: number;
  readonly closed: number;
  readonly failed: number;
  readonly refused: number;
  readonly broken: number;
  readonly byes: number;
  readonly gaps: number;
  readonly reduced: number;
  readonly reduced_samples: number;
  readonly repeated: number;
  readonly skipped: number;
  readonly fresh: number;
  readonly exact: number;
  readonly reduced_at_start: number;
  readonly reset: number;
  readonly joins: number;
  readonly leaves: number;
  readonly cuts: number;
  readonly stalls: number;
  readonly healthy: GroupReport;
  readonly stalled: GroupReport;
};

export type Opened = {
  readonly served: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
};

export type Storm = {
  readonly connects: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
  readonly bytes: number;
  /** Samples of history that a viewer got, by the frames. */
  readonly leastHistory: number;
  readonly mostHistory: number;
};

/** The viewers of one server, in a process of their own. */
export type Load = {
  readonly pid: number;
  readonly open: (viewers: number, parallel?: number) => Promise<Opened>;
  /** From now on, samples of these times count. */
  readonly window: (fromMs: number, toMs: number) => Promise<void>;
  readonly report: () => Promise<Report>;
  /** A share of the viewers reads nothing for so long. */
  readonly stall: (share: number, seconds: number) => Promise<void>;
  readonly follow: (on: boolean) => Promise<void>;
  readonly churn: (perSecond: number) => Promise<void>;
  /** Forgets every so manieth frame, to see that it is missed. */
  readonly drop: (every: number) => Promise<void>;
  readonly storm: (seconds: number, parallel: number) => Promise<Storm>;
  readonly close: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** Starts the load client; it has no viewers yet. */
export function startLoad(
  scratch: Pick<Scratch, "start">,
  program: string,
  { port, path, format }: Target,
  options: LoadOptions = {},
): Load {
  const [command, ...args] = onCore(options.core ?? loadCore, [
    program,
    `--port=${port}`,
    `--path=${path}`,
    `--format=${format}`,
    ...(options.gzip ? ["--gzip"] : []),
    ...(options.countOnly ? ["--count-only"] : []),
    ...(options.noRows ? ["--no-rows"] : []),
    ...(options.rcvbuf === undefined ? [] : [`--rcvbuf=${options.rcvbuf}`]),
    ...(options.distinct === undefined ? [] : [`--distinct=${options.distinct}`]),
    ...(options.enough === undefined ? [] : [`--enough=${options.enough}`]),
  ]);
  const child = scratch.start(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  const { stdin, stdout, pid } = child.process;
  const lines = createInterface({ input: stdout! })[Symbol.asyncIterator]();
  const order = async <T>(...words: (string | number)[]): Promise<T> => {
    stdin!.write(`${words.join(" ")}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error("cannot measure: the load client has ended");
    return JSON.parse(value) as T;
  };
  return {
    pid: pid!,
    open: (viewers, parallel = 128) => order("open", viewers, parallel),
    window: (fromMs, toMs) => order("window", fromMs, toMs),
    report: () => order("report"),
    stall: (share, seconds) => order("stall", share, seconds),
    follow: (on) => order("follow", on ? 1 : 0),
    churn: (perSecond) => order("churn", perSecond),
    drop: (every) => order("drop", every),
    storm: (seconds, parallel) => order("storm", seconds, parallel),
    close: () => order("close"),
    stop: async () => {
      const gone = once(child.process, "exit");
      stdin!.end();
      await gone;
    },
  };
}
