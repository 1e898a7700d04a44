/** Remembered at most: beyond, neighbours are told as one stretch, so that late samples cost no memory. */
const maxRemembered = 256;

type Revision = { from: number; until: number; number: number };

/**
 * Where samples were changed that somebody may have read: late ones, replaced ones. Who keeps
 * something made of samples asks what is new since they asked before; nobody has to be told.
 */
export class Revisions {
  readonly #list: Revision[] = [];
  #count = 0;

  /** Grows with each. */
  get count(): number {
    return this.#count;
  }

  add(from: number, until: number): void {
    this.#list.push({ from, until, number: ++this.#count });
    if (this.#list.length <= maxRemembered) return;
    const oldest = this.#list.shift()!;
    const next = this.#list[0]!;
    next.from = Math.min(next.from, oldest.from);
    next.until = Math.max(next.until, oldest.until);
  }

  /** Tells each stretch that was changed since `count` was so much, and perhaps more around it. */
  since(count: number, tell: (from: number, until: number) => void): void {
    if (count === this.#count) return;
    for (const { from, until, number } of this.#list) if (number > count) tell(from, until);
  }
}
