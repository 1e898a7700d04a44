import { maxSelectors } from "@plotcast/protocol";
import type { Query } from "./request.ts";

/** What one member of a shared stream wants. */
export type Wish = {
  /** Unlike that of any other wish, and another one when the same is wished for again. */
  readonly key: string;
  /** Canonical. */
  readonly series: readonly string[];
  readonly span: string | undefined;
  readonly spanMs: number;
  readonly px: number | undefined;
  /** Has its history; wants only to go on. */
  readonly joined: boolean;
};

/** What a connection is to bring, and to whom. */
export type Plan = Query & {
  /** Keys of those whose series it has. */
  readonly carried: ReadonlySet<string>;
  /** Of these, those whose history it has. */
  readonly takers: ReadonlySet<string>;
  /** Those whose history it has if nothing can be resumed. */
  readonly wholeTakers: ReadonlySet<string>;
};

// Beside the limit of the protocol: what is in an address must fit into 8 KB, twice.
const maxLength = 2500;
/** What a server takes where nothing is said. */
const serverPx = 800;

/**
 * Plans one connection for all. A connection has history of one span only: of those who wait for
 * theirs, the ones with the shortest span are served first, and the others by connections after it.
 * More selectors than a request may have become `*`: each member takes what it wants of that.
 */
export function makePlan(wishes: readonly Wish[], rate: number): Plan {
  const joined = wishes.filter((wish) => wish.joined);
  const waiting = wishes.filter((wish) => !wish.joined).sort((a, b) => a.spanMs - b.spanMs);
  const turn: Wish[] = [];
  for (const wish of waiting) {
    if (wish.spanMs !== waiting[0]!.spanMs) break;
    if (turn.length === 0 || fits(union([...turn, wish]))) turn.push(wish);
  }
  const carried = [...joined, ...turn].sort((a, b) => a.spanMs - b.spanMs);
  const selectors = union(carried);
  const least = turn[0] ?? carried[0];
  const px = Math.max(...carried.map((wish) => wish.px ?? serverPx));
  return {
    series: fits(selectors) ? selectors : ["*"],
    ...(least?.span === undefined ? {} : { span: least.span }),
    ...(carried.some((wish) => wish.px !== undefined) ? { px } : {}),
    rate,
    history: union(turn),
    carried: keys(carried),
    takers: keys(turn),
    wholeTakers: keys(carried.filter((wish) => wish.spanMs === least?.spanMs)),
  };
}

/** Whether a connection of one plan brings live what the other wants as well. */
export function sameLive(a: Plan, b: Plan): boolean {
  return a.rate === b.rate && a.series!.join("\n") === b.series!.join("\n");
}

function union(wishes: readonly Wish[]): string[] {
  const all = new Set(wishes.flatMap((wish) => wish.series));
  return all.has("*") ? ["*"] : [...all].sort();
}

function fits(selectors: readonly string[]): boolean {
  return (
    selectors.length <= maxSelectors && encodeURIComponent(selectors.join()).length < maxLength
  );
}

function keys(wishes: readonly Wish[]): Set<string> {
  return new Set(wishes.map((wish) => wish.key));
}
