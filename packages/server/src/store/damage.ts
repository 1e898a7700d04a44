/** A file in ruins would fill the server's own log, and then the memory. */
const mostTold = 100;

/** Rows that cannot be read any more. The rest of the history is worth as much as before. */
export class Damage {
  readonly #known = new Set<string>();
  #untold: string[] = [];

  /** What was found since the last call: a sentence for each row, of the first hundred that are. */
  take(): readonly string[] {
    const untold = this.#untold;
    if (untold.length > 0) this.#untold = [];
    return untold;
  }

  /** Runs `decode`; notes it if that throws, and returns undefined. */
  read<T>(what: string, decode: () => T): T | undefined {
    try {
      return decode();
    } catch (error) {
      this.#note(what, error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  #note(what: string, why: string): void {
    if (this.#known.has(what) || this.#known.size === mostTold) return;
    this.#known.add(what);
    this.#untold.push(`${what} of the history is damaged and left out: ${why}`);
    if (this.#known.size < mostTold) return;
    this.#untold.push("more of the history may be damaged, which is not told: run plotcast check");
  }
}
