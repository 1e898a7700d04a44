import type { Change } from "./change.ts";
import { Listener } from "./listener.ts";

/** What a member wants of the stream that it shares. */
export type MemberWish = {
  /** Canonical selectors. */
  readonly series: readonly string[];
  readonly matches: (series: string) => boolean;
  readonly span: string | undefined;
  readonly spanMs: number;
  readonly px: number | undefined;
  readonly rate: number | undefined;
};

// Whoever does not take what it is told must not fill the memory: beyond this it begins anew.
const maxHeld = 10_000;

/** One reader of a shared stream: what it wants, what it has been told, and what it has not taken yet. */
export class Member {
  readonly wish: MemberWish;
  readonly listener = new Listener();
  /** Names what it waits for, or has; another one when it has to begin anew. */
  key = "";
  #held: Change[] = [];
  #ended = false;
  #status = "";
  #wake = () => {};

  constructor(wish: MemberWish) {
    this.wish = wish;
  }

  tell(changes: readonly Change[]): void {
    if (this.#ended || changes.length === 0) return;
    for (const change of changes) {
      // It may be told what it was told when it came.
      const status = change.type === "status" ? JSON.stringify(change.status) : "";
      if (status !== "" && status === this.#status) continue;
      if (status !== "") this.#status = status;
      this.#held.push(change);
    }
    this.#wake();
  }

  /** Holds more than it may. */
  get full(): boolean {
    return this.#held.length > maxHeld;
  }

  drop(): void {
    this.#held = [];
  }

  /** The last that it is told. */
  end(last: Change): void {
    this.tell([last]);
    this.#ended = true;
  }

  async *changes(): AsyncGenerator<Change, void> {
    for (;;) {
      for (let change = this.#held.shift(); change; change = this.#held.shift()) yield change;
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
