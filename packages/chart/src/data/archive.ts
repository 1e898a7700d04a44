import type { Change } from "@plotcast/client";
import type { Band } from "../scene.ts";
import type { View } from "../window.ts";
import {
  type Asked,
  historyRequests,
  historyUrl,
  oldestOf,
  readHistory,
  seriesRequests,
} from "./history.ts";
import type { Ring } from "./ring.ts";
import {
  catchUp,
  hasAll,
  isFine,
  isUseful,
  liveFrom,
  overlap,
  type Plan,
  planFor,
  type Shown,
  type Stretch,
} from "./stretch.ts";

/*
 * A page holds as much as its charts show while they follow. Whoever holds a chart and looks further
 * back, or closer, gets what the server has kept: a stretch with a margin of a view on each side, as fine
 * as the screen, in rings of its own. A stretch that reaches to now goes on with what comes live.
 */

/** How the last request for older data went. */
export type ArchiveState =
  | { readonly state: "complete" }
  | { readonly state: "loading" }
  /** Why there is nothing older, or nothing finer; it is tried again. */
  | { readonly state: "error"; readonly reason: string };

export type ArchiveParts = {
  /** Of the source, absolute. */
  readonly url: string;
  readonly shown: () => readonly Shown[];
  /** Unix ms on the source's clock. */
  readonly now: () => number;
  /** There is more to draw, or another state. */
  readonly changed: () => void;
  readonly signal: AbortSignal;
  /** Stretches that it may hold. */
  readonly stretches?: number;
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  readonly later?: (run: () => void, ms: number) => void;
};

type Wish = { readonly view: View; readonly pixels: number };

/** Held at most by a chart: where one is, where one was, and one to compare with. Each is a few MB. */
export const maxStretches = 3;
/** A view that is moved asks for another stretch no more often than that. */
const beatMs = 150;
/** After a failure; and after a refusal, which will hardly be taken back soon. */
const retryMs = { failed: 5000, refused: 60_000 };
/** No answer by then is none: whoever looks must not wait without knowing why. */
const patienceMs = 30_000;
/** Device pixels: a bucket that is wider is seen not to be all that there was. */
const coarse = 4;

/** Older and finer data than a page holds, of one chart that is held. */
export class Archive {
  readonly #parts: ArchiveParts;
  readonly #fetch: NonNullable<ArchiveParts["fetch"]>;
  readonly #later: NonNullable<ArchiveParts["later"]>;
  #stretches: Stretch[] = [];
  #wish: Wish | undefined;
  #flight: { readonly plan: Plan; readonly off: AbortController } | undefined;
  #begunAt = Number.NEGATIVE_INFINITY;
  #retryAt = Number.NEGATIVE_INFINITY;
  #waiting = false;
  /** Since when anything is kept, of the series with this key. */
  #oldest: { readonly key: string; readonly at: number | undefined } | undefined;
  #state: ArchiveState = { state: "complete" };
  #shown: readonly Shown[] = [];
  #chosen: Stretch | undefined;

  constructor(parts: ArchiveParts) {
    this.#parts = parts;
    this.#fetch = parts.fetch ?? ((url, init) => fetch(url, init));
    this.#later = parts.later ?? ((run, ms) => setTimeout(run, ms));
    parts.signal.addEventListener("abort", () => this.#flight?.off.abort(), { once: true });
  }

  get state(): ArchiveState {
    return this.#state;
  }

  /** Says what is looked at, before each drawing; undefined while following. Fetches what is missing. */
  want(view: View | undefined, pixels: number): void {
    this.#wish = view && { view, pixels: Math.max(1, pixels) };
    this.#shown = view ? this.#parts.shown() : [];
    this.#chosen = undefined;
    if (!this.#wish) return;
    this.#pump();
    this.#chosen = this.#choose(this.#wish);
    if (!this.#chosen) return;
    for (const one of this.#shown) catchUp(this.#chosen, one);
  }

  /** What to draw of a series in place of its live ring; undefined: there is nothing better. */
  ringFor(series: string): Ring | undefined {
    return this.#chosen?.rings.get(series);
  }

  /** The source has taken in a change. */
  take(change: Change): void {
    if (change.type === "samples") this.#takeLate(change.columns);
    if (change.type !== "reset" && change.type !== "reduced" && change.type !== "gap") return;
    for (const stretch of this.#stretches) {
      if (stretch.open || change.type === "reset") stretch.stale = true;
    }
    if (change.type === "reset") this.#oldest = undefined;
  }

  /** The stretch in which there is anything to be had. */
  get reach(): View {
    let [from, to] = [Number.POSITIVE_INFINITY, this.#parts.now()];
    for (const { live } of this.#parts.shown()) {
      if (live.length === 0) continue;
      from = Math.min(from, live.times[0]!);
      to = Math.max(to, live.newestTime);
    }
    if (this.#isOurs) from = this.#oldestKept() ?? Number.NEGATIVE_INFINITY;
    return { from: Math.min(from, to), to };
  }

  /** Why there is less to see in what is looked at than there may have been. */
  get bands(): readonly Band[] {
    const wish = this.#wish;
    if (!wish) return [];
    const bands: Band[] = [];
    const oldest = this.#oldestKept();
    if (oldest !== undefined && oldest > wish.view.from) {
      const text = "Nothing is kept from before this.";
      bands.push({ from: Number.NEGATIVE_INFINITY, to: oldest, kind: "retention", text });
    }
    const chosen = this.#chosen;
    const pixelMs = (wish.view.to - wish.view.from) / wish.pixels;
    if (chosen && chosen.bucketMs > coarse * pixelMs) {
      const text = "Shown in outline: only extremes are held of this time.";
      const to = Math.min(chosen.to, this.#parts.now());
      bands.push({ from: chosen.from, to, kind: "reduced", text });
    }
    return bands;
  }

  get #isOurs(): boolean {
    return historyUrl(this.#parts.url) !== undefined;
  }

  #oldestKept(): number | undefined {
    return this.#oldest?.key === keyOf(this.#parts.shown()) ? this.#oldest.at : undefined;
  }

  /** Asks for what is missing, one at a time. */
  #pump(): void {
    const wish = this.#wish;
    if (!wish || this.#waiting || !this.#isOurs || this.#parts.signal.aborted) return;
    const plan = planFor(wish.view, wish.pixels, this.#shown);
    const missing = plan.asked.length > 0 && !this.#isCovered(wish.view, plan);
    if (!missing || (this.#flight && isUseful(this.#flight.plan, wish.view, plan))) return;
    const now = this.#parts.now();
    const waitMs = Math.max(this.#begunAt + beatMs, this.#retryAt) - now;
    // A clock that was set back must not keep anyone waiting.
    if (waitMs > 0 && waitMs <= retryMs.refused) {
      this.#waiting = true;
      this.#later(() => {
        this.#waiting = false;
        this.#pump();
      }, waitMs);
      return;
    }
    this.#begunAt = now;
    void this.#load(plan, now);
  }

  /** Half a view more than is seen, so that it is there before it is looked at. */
  #isCovered(view: View, plan: Plan): boolean {
    const half = (view.to - view.from) / 2;
    const oldest = this.#oldestKept() ?? Number.NEGATIVE_INFINITY;
    const from = Math.max(view.from - half, oldest);
    const to = Math.min(view.to + half, this.#parts.now());
    if (from >= to) return true;
    const covers = (one: Stretch) => !one.stale && one.from <= from && (one.open || one.to >= to);
    if (this.#stretches.some((one) => covers(one) && isFine(one, plan))) return true;
    return liveFrom(this.#shown) <= from && this.#isLiveFine({ from, to }, plan.msPerPx);
  }

  async #load(plan: Plan, askedAt: number): Promise<void> {
    this.#flight?.off.abort();
    const off = new AbortController();
    this.#flight = { plan, off };
    this.#become({ state: "loading" });
    this.#later(() => this.#giveUp(off), patienceMs);
    const { url } = this.#parts;
    const read = (urls: readonly string[]) => this.#read(urls, off.signal);
    try {
      const history = read(historyRequests(url, plan.asked, plan, plan.px));
      const oldest = this.#askOldest(plan, read);
      const told = readHistory(await history, plan.asked, askedAt);
      await oldest;
      if (off.signal.aborted) return;
      const open = plan.to >= askedAt;
      const { stretches = maxStretches } = this.#parts;
      const others = this.#stretches.filter(({ stale }) => !stale).slice(0, stretches - 1);
      this.#stretches = [{ ...plan, ...told, open, askedAt, stale: false }, ...others];
      this.#flight = undefined;
      this.#become({ state: "complete" });
      this.#pump();
    } catch (error) {
      if (!off.signal.aborted) this.#fail(error);
    }
  }

  #giveUp(off: AbortController): void {
    if (this.#flight?.off !== off || off.signal.aborted) return;
    off.abort();
    this.#fail(new Error("the server does not answer"));
  }

  #fail(error: unknown): void {
    this.#flight = undefined;
    const refused = error instanceof Refusal;
    this.#retryAt = this.#parts.now() + (refused ? retryMs.refused : retryMs.failed);
    this.#become({ state: "error", reason: reasonOf(error) });
    this.#pump();
  }

  /** What begins later than was asked for may not have begun there: the server knows. */
  async #askOldest(
    { asked, from }: Plan,
    read: (urls: readonly string[]) => Promise<readonly unknown[]>,
  ): Promise<void> {
    const key = keyOf(asked);
    if (this.#oldest?.key === key && (this.#oldest.at ?? Number.NEGATIVE_INFINITY) < from) return;
    const series = asked.map((one) => one.series);
    try {
      const answers = await read(seriesRequests(this.#parts.url, series));
      this.#oldest = { key, at: oldestOf(answers, new Set(series)) };
    } catch {
      // History itself is worth more than to know where it ends.
    }
  }

  async #read(urls: readonly string[], signal: AbortSignal): Promise<unknown[]> {
    const answers: unknown[] = [];
    for (const url of urls) {
      const response = await this.#fetch(url, { signal, headers: { accept: "application/json" } });
      if (!response.ok) throw refusalOf(response.status);
      answers.push(await response.json());
    }
    return answers;
  }

  #become(state: ArchiveState): void {
    this.#state = state;
    this.#parts.changed();
  }

  /** The stretch that shows most of a view, and of those the finest; undefined: the live rings do. */
  #choose({ view, pixels }: Wish): Stretch | undefined {
    const now = this.#parts.now();
    const seen = { from: view.from, to: Math.min(view.to, now) };
    const liveFine = this.#isLiveFine(seen, (view.to - view.from) / pixels);
    let best: Stretch | undefined;
    let most = overlap({ from: liveFrom(this.#shown), to: now }, seen);
    let finest = liveFine ? 0 : Number.POSITIVE_INFINITY;
    for (const stretch of this.#stretches) {
      if (!hasAll(stretch, this.#shown)) continue;
      const { from, stale, open, askedAt, bucketMs, msPerPx } = stretch;
      const to = open ? (stale ? askedAt : now) : stretch.to;
      const part = overlap({ from, to }, seen);
      const fineness = bucketMs === 0 ? 0 : msPerPx;
      if (part < most || part <= 0 || (part === most && fineness >= finest)) continue;
      [best, most, finest] = [stretch, part, fineness];
    }
    return best;
  }

  #isLiveFine(view: View, msPerPx: number): boolean {
    return this.#shown.every(({ live }) => {
      if (live.isExact(view.from, view.to)) return true;
      // Stretches of buckets are few and long: some places tell of all.
      return [0, 0.25, 0.5, 0.75, 1].every(
        (part) => live.bucketMsAt(view.from + part * (view.to - view.from)) <= 2 * msPerPx,
      );
    });
  }

  /** What belongs before the newest is not seen by catching up. Rates of before are left as they were. */
  #takeLate(columns: (Change & { type: "samples" })["columns"]): void {
    for (const stretch of this.#stretches) {
      for (const { series, rates } of stretch.asked) {
        const ring = stretch.rings.get(series);
        const late = columns.get(series);
        if (!ring || !late || rates) continue;
        for (const [i, time] of late.times.entries()) {
          const inside = time >= stretch.from && time <= ring.newestTime;
          if (inside && time <= stretch.to) ring.add(time, late.values[i]!);
        }
      }
    }
  }
}

/** The server's own answer is no; asking again at once would not help. */
class Refusal extends Error {}

function refusalOf(status: number): Error {
  if (status === 401) return new Refusal("the server wants a valid token (401)");
  if (status === 403) return new Refusal("the server refuses (403)");
  if (status === 404) return new Refusal("the server has no history (404)");
  if (status < 500) return new Refusal(`the server does not understand what is asked (${status})`);
  return new Error(`the server cannot answer at the moment (${status})`);
}

/** For people: browsers say "Failed to fetch", each in its own words. */
function reasonOf(error: unknown): string {
  if (error instanceof TypeError) return "the server cannot be reached";
  if (error instanceof SyntaxError) return "the answer is no history";
  return error instanceof Error ? error.message : String(error);
}

function keyOf(asked: readonly Asked[]): string {
  return JSON.stringify(asked.map(({ series }) => series));
}
