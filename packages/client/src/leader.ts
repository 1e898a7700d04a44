import { parsePosition } from "@plotcast/protocol";
import type { Status } from "./change.ts";
import { isAfter } from "./delivery.ts";
import type { Environment } from "./environment.ts";
import type { Line } from "./line.ts";
import { makePlan, type Plan, sameLive, type Wish } from "./plan.ts";
import type { Opened, Told } from "./told.ts";

/** All that one page wants. */
export type Wants = {
  readonly tab: string;
  /** How far those of it that have joined have come. */
  readonly position: string | undefined;
  /** Frames per second. */
  readonly rate: number;
  readonly wishes: readonly Wish[];
};

/** What is told to all pages: also whom a connection is for. */
export type Announcement =
  | Exclude<Told, Opened>
  | (Opened & { readonly carried: ReadonlySet<string>; readonly takers: ReadonlySet<string> });

type Connection = Pick<Line<Plan>, "told" | "asked" | "ask" | "wake">;

export type LeaderParts = {
  readonly connect: (plan: Plan, position: string | undefined) => Connection;
  readonly announce: (announcement: Announcement) => void;
  readonly environment: Pick<Environment, "after">;
};

// What nobody wants any more costs little, and who has left may be back: pages go from chart to chart.
const leftMs = 5000;

/** Has the one connection of all pages, and asks for what they want. */
export class Leader {
  status: Status = { state: "connecting", attempt: 1 };
  readonly #parts: LeaderParts;
  readonly #tabs = new Map<string, Wants>();
  readonly #off = new AbortController();
  #started = false;
  #line: Connection | undefined;
  /** History is on its way, and would have to begin again. */
  #busy = false;
  /** There is nothing to ask for. */
  #plain = false;
  /** Its history is of everything, and on its way. */
  #whole = false;
  /** Those whose history is on its way. */
  #takers: ReadonlySet<string> = new Set();
  #callOff = () => {};

  constructor(parts: LeaderParts) {
    this.#parts = parts;
  }

  /** Connects, where the one of those who go on that is the furthest back has been. */
  start(): void {
    this.#started = true;
    if (this.#line || this.#wishes().length === 0) return;
    const positions = [...this.#tabs.values()]
      .filter(({ wishes }) => wishes.some(({ joined }) => joined))
      .flatMap(({ position }) => position ?? []);
    const plan = this.#plan();
    this.#busy = true;
    this.#line = this.#parts.connect(plan, positions.reduce(earlier, positions[0]!));
    this.#run(this.#line);
  }

  /** Ends with it. */
  get signal(): AbortSignal {
    return this.#off.signal;
  }

  close(): void {
    this.#callOff();
    this.#off.abort();
  }

  wake(): void {
    this.#line?.wake();
  }

  /** Of a wish that is known it is known better here how far it has come. */
  hear(wants: Wants): void {
    const known = this.#tabs.get(wants.tab)?.wishes ?? [];
    const wishes = wants.wishes.map((wish) => known.find(({ key }) => key === wish.key) ?? wish);
    this.#tabs.set(wants.tab, { ...wants, wishes });
    if (this.#plain) this.#open({ type: "open", recovery: "plain" });
    else if (this.#started && !this.#line) this.start();
    else this.#review();
  }

  forget(tab: string): void {
    if (this.#tabs.delete(tab)) this.#review();
  }

  knows(tab: string): boolean {
    return this.#tabs.has(tab);
  }

  async #run(line: Connection): Promise<void> {
    const { signal } = this.#off;
    try {
      for await (const told of line.told(signal)) {
        if (signal.aborted) return;
        this.#take(told);
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const status = { state: "refused", code: 0, reason } as const;
      if (!signal.aborted) this.#take({ type: "status", status });
    }
  }

  #take(told: Told): void {
    if (told.type === "open") {
      this.#open(told);
      return;
    }
    this.#parts.announce(told);
    switch (told.type) {
      case "status":
        this.status = told.status;
        // The next attempt may as well ask for what is wanted by now.
        if (told.status.state === "waiting") this.#settle(0);
        break;
      case "reduced":
        this.#busy = true;
        break;
      case "history":
        if (!told.done) break;
        if (this.#whole || told.through !== undefined) this.#join();
        this.#settle();
        break;
      case "samples":
        // There was no history to begin with.
        if (this.#whole && this.#busy) {
          this.#join();
          this.#settle();
        }
    }
  }

  #open(told: Opened): void {
    const { carried, takers, wholeTakers, history } = this.#line!.asked;
    const { recovery } = told;
    this.#plain = recovery === "plain";
    this.#whole = recovery === "whole";
    if (this.#whole) this.#mark(carried, false);
    // After a cut it is not asked for once more what has been told.
    const isBeside = recovery === "exact" && history!.length > 0;
    this.#takers = this.#whole ? wholeTakers : isBeside ? takers : new Set();
    this.#busy = this.#takers.size > 0 || recovery === "reduced";
    this.#parts.announce({ ...told, carried, takers: this.#takers });
    this.#review();
  }

  /** All those who have waited for this history have it. */
  #join(): void {
    this.#mark(this.#takers, true);
    this.#takers = new Set();
    this.#whole = false;
  }

  #mark(keys: ReadonlySet<string>, joined: boolean): void {
    for (const [tab, wants] of this.#tabs) {
      const wishes = wants.wishes.map((wish) => (keys.has(wish.key) ? { ...wish, joined } : wish));
      this.#tabs.set(tab, { ...wants, wishes });
    }
  }

  #settle(patienceMs = leftMs): void {
    this.#busy = false;
    this.#review(patienceMs);
  }

  /** Asks for something else if that is what is wanted now: at once if anyone waits for it. */
  #review(patienceMs = leftMs): void {
    this.#callOff();
    if (!this.#line || this.#busy || this.#plain || this.#wishes().length === 0) return;
    const { asked } = this.#line;
    const plan = this.#plan();
    const same = sameLive(plan, asked);
    const isMissing = (key: string) => !asked.carried.has(key);
    const urgent =
      patienceMs === 0 || plan.rate! > asked.rate! || [...plan.carried].some(isMissing);
    if (plan.takers.size > 0 || (!same && urgent)) this.#ask(plan);
    else if (!same) this.#callOff = this.#parts.environment.after(leftMs, () => this.#review(0));
  }

  #ask(plan: Plan): void {
    this.#busy = true;
    this.#line!.ask(plan);
  }

  #plan(): Plan {
    const rate = Math.max(...[...this.#tabs.values()].map((wants) => wants.rate));
    return makePlan(this.#wishes(), rate);
  }

  #wishes(): Wish[] {
    return [...this.#tabs.values()].flatMap(({ wishes }) => wishes);
  }
}

/** Of two positions the one that is further back; of two logs nobody knows which. */
function earlier(a: string, b: string): string {
  const [first, second] = [parsePosition(a), parsePosition(b)];
  const isBack = first && second && first.epoch === second.epoch && isAfter(first, second);
  return isBack ? b : a;
}
