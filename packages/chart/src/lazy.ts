/** A part that cannot be loaded is tried again after this long: each try is a request. */
const againMs = 10_000;

const listeners = new Set<() => void>();
const failed = new Set<object>();
let missed = false;

/**
 * Code that most pages do without. Whoever needs it does without until it is there, and is called
 * again then: see `onLoaded`.
 */
export class Lazy<Code> {
  readonly #import: () => Promise<Code>;
  readonly #now: () => number;
  #code: Code | undefined;
  #loading: Promise<Code | undefined> | undefined;
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(load: () => Promise<Code>, now = () => performance.now()) {
    this.#import = load;
    this.#now = now;
  }

  /** Undefined until it is there; asking makes it come. */
  get code(): Code | undefined {
    if (this.#code) return this.#code;
    if (!this.failedLately) void this.load();
    // What has failed before may take for ever to fail again: nobody waits for that.
    missed ||= this.#loading !== undefined && !failed.has(this);
    return undefined;
  }

  /** Whether it could not be loaded a moment ago: who would ask again and again should wait. */
  get failedLately(): boolean {
    return this.#now() - this.#failedAt < againMs;
  }

  /** Never rejects: undefined if it cannot be loaded now. */
  load(): Promise<Code | undefined> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  async #load(): Promise<Code | undefined> {
    try {
      this.#code = await this.#import();
      failed.delete(this);
    } catch {
      this.#loading = undefined;
      this.#failedAt = this.#now();
      failed.add(this);
    }
    for (const listener of [...listeners]) listener();
    return this.#code;
  }
}

/** Calls whenever a part has come, or has been found not to come. */
export function onLoaded(listener: () => void, signal: AbortSignal): void {
  if (signal.aborted) return;
  listeners.add(listener);
  signal.addEventListener("abort", () => listeners.delete(listener), { once: true });
}

/** Whether some part could not be loaded, and is missing. */
export function lacksCode(): boolean {
  return failed.size > 0;
}

/** Whether what is run did without a part that is on its way. */
export function missesCode(run: () => void): boolean {
  missed = false;
  run();
  return missed;
}
