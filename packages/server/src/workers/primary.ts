import { setTimeout as delay } from "node:timers/promises";
import { PlotcastError } from "@plotcast/protocol";
import type { Backend } from "../backend.ts";
import type { ServerOptions } from "../config.ts";
import type { Logger } from "../ops/logger.ts";
import type { Child } from "./child.ts";
import { type Limit, Places } from "./places.ts";
import { findPort } from "./port.ts";
import { SharedBackend } from "./shared-backend.ts";
import { WorkerProcess } from "./worker-process.ts";

export type PrimaryParts = {
  readonly backend: Backend;
  /** One limit for all doors of the server. */
  readonly limit: Limit;
  readonly logger: Logger;
  /** Starts the process of a worker. */
  readonly fork: () => Child;
  readonly reports: Reports;
  /** Told when workers die again and again. Then there is nothing left to serve with. */
  readonly onGivenUp?: (error: PlotcastError) => void;
  /** Resolves after so many milliseconds, or at the signal. */
  readonly later?: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Monotonic clock. */
  readonly clock?: () => number;
};

/** What processes say of themselves. It is only carried here. */
export interface Reports {
  /** That of the main process. */
  own(): Promise<unknown>;
  heard(process: number, report: unknown): void;
  ended(process: number): void;
  /** What is left of those that have ended. */
  readonly counted: unknown;
}

/** The workers of a server. */
export interface Workers {
  /** E.g. `http://127.0.0.1:8080`, the same for all of them. */
  readonly url: string;
  /** Lets their viewers and senders finish, and resolves when all processes are no more. */
  close(): Promise<void>;
}

/** Whoever ends sooner than that after its start is likely to do it again. */
const shortLifeMs = 10_000;
/** So often in a row: 20 s of trying. */
const maxShortLives = 8;
const firstDelayMs = 100;
const maxDelayMs = 5_000;

/**
 * Starts `options.workers` processes that listen on one port, and replaces those that die.
 *
 * Rejects with what keeps them from listening. A server whose workers die again and again ends with an
 * error: it would only look as if it were there.
 */
export async function startWorkers(parts: PrimaryParts, options: ServerOptions): Promise<Workers> {
  const port = await findPort(options);
  const pool = new Pool(parts, { ...options, port, portMayMove: false });
  try {
    const url = await pool.start();
    return { url, close: () => pool.close() };
  } catch (error) {
    await pool.close();
    throw error;
  }
}

type Launched = { readonly worker: WorkerProcess; readonly url: string };

class Pool {
  readonly #parts: PrimaryParts;
  readonly #options: ServerOptions;
  readonly #shared: SharedBackend;
  /** With a number that no other has had. */
  readonly #processes = new Map<WorkerProcess, number>();
  #launched = 0;
  readonly #off = new AbortController();

  constructor(parts: PrimaryParts, options: ServerOptions) {
    this.#parts = parts;
    // What is allowed to all is divided, for nobody can say beforehand who will be whose.
    const maxViewers = Math.ceil(options.maxViewers / options.workers);
    this.#options = { ...options, maxViewers };
    const { backend, limit } = parts;
    const places = new Places((series) => backend.log.series.id(series) !== undefined, limit);
    this.#shared = new SharedBackend(backend, places, this.#off.signal);
  }

  /** Resolves to the URL when all of them listen. */
  async start(): Promise<string> {
    const numbers = Array.from({ length: this.#options.workers }, (_, index) => index + 1);
    const started = numbers.map((number) => this.#launch(number));
    const [first] = await Promise.all(started.map((each) => each.then(({ url }) => url)));
    if (first === undefined) throw new Error("BUG: no workers");
    for (const [index, each] of started.entries()) void this.#keep(numbers[index]!, each);
    return first;
  }

  async close(): Promise<void> {
    this.#off.abort();
    await Promise.all([...this.#processes.keys()].map((worker) => worker.close()));
  }

  async #launch(number: number): Promise<Launched> {
    const { backend, fork, logger, reports } = this.#parts;
    const worker = new WorkerProcess(fork(), {
      ...{ backend, shared: this.#shared },
      gather: (asker, own) => this.#gather(asker, own),
    });
    const id = ++this.#launched;
    this.#processes.set(worker, id);
    void worker.ended.then(() => {
      this.#processes.delete(worker);
      reports.ended(id);
    });
    const url = await worker.start(number, this.#options);
    logger.info({ worker: number, pid: worker.pid }, "a worker listens");
    return { worker, url };
  }

  /** The reports of all processes but the asker. Rejects if one is missing. */
  async #gather(asker: WorkerProcess, own: unknown): Promise<unknown[]> {
    const { reports } = this.#parts;
    const heard = (worker: WorkerProcess, report: unknown) => {
      const id = this.#processes.get(worker);
      if (id !== undefined) reports.heard(id, report);
      return report;
    };
    heard(asker, own);
    const others = [...this.#processes.keys()].filter((each) => each !== asker && each.listens);
    const told = await Promise.all(
      others.map(async (worker) => heard(worker, await worker.report())),
    );
    return [await reports.own(), ...told, reports.counted];
  }

  /** Replaces a worker for as long as the server is there. */
  async #keep(number: number, launched: Promise<Launched>): Promise<void> {
    const { signal } = this.#off;
    const { logger, onGivenUp = throwAtEdge, later = realLater } = this.#parts;
    const clock = this.#parts.clock ?? (() => performance.now());
    let shortLives = 0;
    for (let current = launched; ; current = this.#launch(number)) {
      const began = clock();
      const why = await current.then(
        ({ worker }) => worker.ended,
        (error: Error) => error.message,
      );
      if (signal.aborted) return;
      shortLives = clock() - began < shortLifeMs ? shortLives + 1 : 0;
      if (shortLives > maxShortLives) {
        onGivenUp(tooOften(number, why));
        return;
      }
      logger.error(
        { worker: number },
        `a worker has ended: ${why}; another takes its place, and its viewers come back by themselves`,
      );
      await later(backOffMs(shortLives), signal);
      if (signal.aborted) return;
    }
  }
}

async function realLater(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {});
}

/** Whoever started the server waits for nothing any more: this has to end the process. */
function throwAtEdge(error: PlotcastError): void {
  queueMicrotask(() => {
    throw error;
  });
}

function backOffMs(shortLives: number): number {
  return shortLives === 0 ? 0 : Math.min(maxDelayMs, firstDelayMs * 2 ** (shortLives - 1));
}

function tooOften(number: number, why: string): PlotcastError {
  return new PlotcastError(
    "unavailable",
    `cannot go on: worker ${number} has ended ${maxShortLives + 1} times in a row, the last time with: ${why}`,
  );
}
