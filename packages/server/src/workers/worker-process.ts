import { PlotcastError } from "@plotcast/protocol";
import type { Backend } from "../backend.ts";
import type { ServerOptions } from "../config.ts";
import type { BackendCalls, BackendNews, Opening } from "./backend-calls.ts";
import type { Child } from "./child.ts";
import { Peer } from "./peer.ts";
import { Link, type SharedBackend } from "./shared-backend.ts";

/** What a worker needs to begin. */
export type Start = {
  /** Counts from 1: whose lines in the log these are. */
  readonly worker: number;
  readonly options: ServerOptions;
  readonly opening: Opening;
};

/** What the main process asks of a worker. */
export type WorkerCalls = BackendNews & {
  /** Resolves to its URL when it listens. */
  start(start: Start): Promise<string>;
  ping(nothing: undefined): Promise<void>;
  /** What it has to say of itself, for `gather` of others. */
  report(nothing: undefined): Promise<unknown>;
  /** Resolves when its viewers and senders are gone. */
  close(nothing: undefined): Promise<void>;
};

/** What a worker asks of the main process. */
export type PrimaryCalls = BackendCalls & {
  /** Told once: its code is loaded, and it can be told to start. */
  ready(nothing: undefined): undefined;
  /** Gives its own report, and gets those of all other processes. */
  gather(own: unknown): Promise<unknown[]>;
};

export type WorkerParts = {
  readonly backend: Backend;
  readonly shared: SharedBackend;
  /** Tells the reports of all processes but one. */
  readonly gather: (asker: WorkerProcess, own: unknown) => Promise<unknown[]>;
};

const pingEveryMs = 5_000;
// 30 s: its viewers have taken it for dead by then, and a pause of the machine is rarely longer.
const maxUnanswered = 6;
// More than draining takes.
const closeWithinMs = 15_000;
// Less than a scraper waits.
const reportWithinMs = 2_000;

/** One worker, from the start of its process to its end. */
export class WorkerProcess {
  /** Resolves, to what people are told of its end, when the process is no more. */
  readonly ended: Promise<string>;
  readonly pid: number | undefined;
  readonly #ready = Promise.withResolvers<void>();
  readonly #child: Child;
  readonly #peer: Peer<WorkerCalls>;
  readonly #parts: WorkerParts;
  readonly #timer: NodeJS.Timeout;
  #link: Link | undefined;
  #listens = false;
  #closing = false;
  #isLost = false;
  /** Why it was killed. */
  #killed: string | undefined;

  constructor(child: Child, parts: WorkerParts) {
    this.#child = child;
    this.pid = child.pid;
    this.#parts = parts;
    const handlers: PrimaryCalls = {
      ...parts.shared.calls((calls) => this.#peer.tell("appended", calls)),
      ready: () => {
        this.#ready.resolve();
        return undefined;
      },
      gather: (own) => parts.gather(this, own),
    };
    this.#peer = new Peer<WorkerCalls>(child.channel, handlers, {
      what: "worker",
      beforeAnswer: () => this.#link?.refresh(),
      onClose: () => this.#lost(),
    });
    // A count, not a clock: when this process itself stood still, it is not the worker's fault.
    let unanswered = 0;
    this.#timer = setInterval(() => {
      if (unanswered++ === maxUnanswered) this.#kill("it did not answer for 30 s");
      this.#peer.call("ping", undefined).then(
        () => {
          unanswered = 0;
        },
        () => {},
      );
      this.#link?.refresh();
    }, pingEveryMs);
    this.#ready.promise.catch(() => {});
    this.ended = child.ended.then((how) => {
      this.#peer.close();
      return this.#killed ?? how;
    });
  }

  get listens(): boolean {
    return this.#listens && !this.#isLost;
  }

  /** Resolves to its URL. Rejects with what keeps it from listening, and it has ended then. */
  async start(worker: number, options: ServerOptions): Promise<string> {
    try {
      // What happens from then on has to wait for it: no longer than needed.
      await this.#ready.promise;
      const url = await this.#peer.call("start", { worker, options, opening: this.#connect() });
      this.#listens = true;
      return url;
    } catch (error) {
      const diedByItself = this.#isLost;
      this.#child.kill();
      const how = await this.ended;
      if (!diedByItself) throw error;
      throw new PlotcastError("unavailable", `cannot start a worker: ${how}`);
    }
  }

  /** Rejects with `unavailable` if it does not answer soon. */
  async report(): Promise<unknown> {
    const signal = AbortSignal.timeout(reportWithinMs);
    try {
      return await this.#peer.call("report", undefined, signal);
    } catch (cause) {
      if (!signal.aborted) throw cause;
      const what = "cannot tell of all processes: a worker does not answer";
      throw new PlotcastError("unavailable", what, { cause });
    }
  }

  /** Lets viewers and senders finish, and resolves when the process is no more. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#listens) {
      // Whatever it says, it has to end.
      await this.#peer.call("close", undefined, AbortSignal.timeout(closeWithinMs)).catch(() => {});
      this.#child.disconnect();
    } else this.#child.kill();
    const timer = setTimeout(() => this.#child.kill(), closeWithinMs);
    await this.ended;
    clearTimeout(timer);
  }

  /** From this turn on it is told the news. */
  #connect(): Opening {
    const { shared, backend } = this.#parts;
    const opening = shared.opening();
    const onStuck = () => this.#kill("it left 64 MB of samples unread");
    this.#link = new Link(backend, this.#peer, opening, onStuck);
    shared.add(this.#link);
    return opening;
  }

  #kill(why: string): void {
    if (this.#killed !== undefined) return;
    this.#killed = `${why}, and was killed`;
    this.#leave();
    this.#child.kill();
  }

  /** The line is closed, or the process has ended. */
  #lost(): void {
    this.#isLost = true;
    this.#ready.reject(new Error("its end is told by `ended`"));
    clearInterval(this.#timer);
    this.#leave();
    // Without us it can do nothing, and nobody would know of it.
    if (!this.#closing) this.#child.kill();
  }

  #leave(): void {
    if (this.#link) this.#parts.shared.delete(this.#link);
    this.#link = undefined;
  }
}
