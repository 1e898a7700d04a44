/** Rows that cannot be read any more. The rest of the history is worth as much as before. */
export class Damage {
  readonly #found = new Map<string, string>();

  /** The newest that was found, as a sentence; undefined if all is well. */
  get last(): string | undefined {
    return [...this.#found.values()].at(-1);
  }

  /** Runs `decode`; notes it if that throws, and returns undefined. */
  read<T>(what: string, decode: () => T): T | undefined {
    try {
      return decode();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#found.set(what, `${what} of the history is damaged and left out: ${why}`);
      return undefined;
    }
  }
}
