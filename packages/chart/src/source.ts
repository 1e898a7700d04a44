import {
  type Change,
  type FollowOptions,
  isOurs,
  type SeriesColumns,
  type Status,
} from "@plotcast/client";
import { SourceClock } from "./clock.ts";
import { guarded } from "./errors.ts";
import { placeOf } from "./palette.ts";
import { Track } from "./track.ts";

/** How changes are had: `followShared` of the client, or anything that yields the same. */
export type Follow = (options: FollowOptions) => AsyncIterable<Change>;

type HistoryChange = Extract<Change, { type: "history" }>;

/** How much a chart wants held. */
export type Retention = { readonly spanMs: number; readonly samples: number };

/** A stretch of time of which only the extremes of buckets are held, Unix ms on the source's clock. */
export type Outline = { readonly from: number; readonly to: number; readonly bucketMs: number };

/** One stream, shared by all charts of a page that ask for it; what is held lives in `tracks`. */
export interface Source {
  readonly url: string;
  /** By canonical text, in order of appearance. */
  readonly tracks: ReadonlyMap<string, Track>;
  readonly clock: SourceClock;
  /** What was missed for too long to be told exactly, by time. */
  readonly outlines: readonly Outline[];
  readonly status: Status;
  /** When `status` began, our clock. */
  readonly since: number;
  /** Whether all has been told that the server had of the time asked for. */
  readonly told: boolean;
  /** What is worth knowing of the endpoint, one sentence each. */
  readonly notices: ReadonlyMap<string, string>;
}

export type Member = {
  /** Told after each change has been taken in. */
  readonly changed: (change: Change) => void;
  readonly retention: Retention;
  readonly signal: AbortSignal;
};

export type OpenOptions = {
  /** Absolute. */
  readonly url: string;
  readonly follow: Follow;
  /** Width of the page in device pixels, for the density of history. */
  readonly pixels: number;
  readonly now?: () => number;
};

/** Beyond this, series are left out and said so: each costs memory in every page that follows. */
const maxTracks = 2000;

const sources = new WeakMap<Follow, Map<string, SharedSource>>();

/**
 * Joins the stream of `url`. The first member opens it, the last to leave ends it, and who comes
 * later finds what is held already. What it takes from a Plotcast server comes over the connection
 * that `followShared` has for all such streams; browsers allow six to a server.
 */
export function joinSource(options: OpenOptions, member: Member): Source {
  const { url, follow } = options;
  const byUrl = sources.get(follow) ?? new Map<string, SharedSource>();
  sources.set(follow, byUrl);
  let source = byUrl.get(url);
  if (!source) {
    source = new SharedSource(options, () => byUrl.delete(url));
    byUrl.set(url, source);
    source.join(member);
    source.run();
  } else {
    source.join(member);
  }
  return source;
}

class SharedSource implements Source {
  readonly url: string;
  readonly tracks = new Map<string, Track>();
  readonly clock = new SourceClock();
  readonly notices = new Map<string, string>();
  outlines: readonly Outline[] = [];
  told = false;
  status: Status = { state: "connecting", attempt: 1 };
  since: number;
  readonly #follow: Follow;
  readonly #pixels: number;
  readonly #now: () => number;
  readonly #members = new Set<Member>();
  readonly #forget: () => void;
  #off = new AbortController();
  /** How far back was asked for; infinity while nothing was, and of whom nothing can be. */
  #historyMs = Number.POSITIVE_INFINITY;
  #replaceWithHistory = false;
  /** History is about what was missed since then, and adds to what is held. */
  #missedSince: number | undefined;

  constructor({ url, follow, pixels, now = Date.now }: OpenOptions, forget: () => void) {
    this.url = url;
    this.#follow = follow;
    this.#pixels = pixels;
    this.#now = now;
    this.#forget = forget;
    this.since = now();
  }

  join(member: Member): void {
    this.#members.add(member);
    member.signal.addEventListener("abort", () => this.#leave(member), { once: true });
    // What is older than anyone wanted so far comes with a new history only.
    if (member.retention.spanMs > this.#historyMs) this.run();
  }

  // An element that is moved in the document leaves and joins at once: the stream must survive that.
  #leave(member: Member): void {
    this.#members.delete(member);
    queueMicrotask(() => {
      if (this.#members.size > 0 || this.#off.signal.aborted) return;
      this.#off.abort();
      this.#forget();
    });
  }

  /** Follows from now on, with the history that is wanted now; what is held stays until that is there. */
  async run(): Promise<void> {
    this.#off.abort();
    this.#off = new AbortController();
    const { signal } = this.#off;
    await undefined; // nobody is told anything before they have the source in their hands
    if (signal.aborted) return;
    this.#replaceWithHistory = true;
    this.told = false;
    try {
      const history = isOurs(this.url) ? this.#historyWanted() : {};
      for await (const change of this.#follow({ url: this.url, signal, ...history })) {
        if (signal.aborted) return;
        this.#take(change);
      }
    } catch (error) {
      if (signal.aborted) return;
      const reason = error instanceof Error ? error.message : String(error);
      this.#take({ type: "status", status: { state: "refused", code: 0, reason } });
    }
  }

  // Rounded up, so that pages of about the same width ask for the same and can share an answer.
  #historyWanted(): { span?: string; px: number } {
    const px = Math.min(4000, Math.max(400, Math.ceil(this.#pixels / 400) * 400));
    const { spanMs } = this.#retention();
    this.#historyMs = spanMs;
    return spanMs > 0 ? { span: `${Math.ceil(spanMs / 1000)}s`, px } : { px };
  }

  #take(change: Change): void {
    const now = this.#now();
    switch (change.type) {
      case "status":
        this.#become(change.status, now);
        break;
      case "series":
        for (const entry of change.series) this.#track(entry.series)?.describe(entry);
        break;
      case "history":
        this.#takeHistory(change, now);
        break;
      case "samples":
        this.#takeSamples(change.columns, now);
        break;
      case "reset":
        this.#replaceWithHistory = true;
        this.#cut();
        break;
      case "reduced":
        this.#replaceWithHistory = false;
        // Of what is held nothing was missed, even if something late has come to it.
        this.#missedSince ??= Math.max(change.from, this.#newestTime());
        break;
      case "gap":
        this.#cut();
        break;
      case "notice":
        this.notices.set(change.code, change.message);
    }
    for (const member of this.#members) guarded(() => member.changed(change));
  }

  #become(status: Status, now: number): void {
    // "Since" is about the trouble, not about each attempt to end it.
    const trouble = (state: Status["state"]) => state === "waiting" || state === "connecting";
    if (!(trouble(status.state) && trouble(this.status.state))) this.since = now;
    this.status = status;
    if (status.state === "live" && status.clockOffsetMs !== undefined) {
      this.clock.know(status.clockOffsetMs);
    }
  }

  #takeHistory({ columns, bucketMs, to, done }: HistoryChange, now: number): void {
    if (this.#replaceWithHistory) this.#clear();
    this.#replaceWithHistory = false;
    const from = this.#missedSince ?? to;
    if (from < to && bucketMs > 0) {
      const others = this.outlines.filter((outline) => outline.from !== from);
      this.outlines = [...others, { from, to, bucketMs }];
    }
    if (done) this.#missedSince = undefined;
    if (done) this.told = true;
    for (const [series, column] of columns) {
      const track = this.#track(series);
      track?.add(column, bucketMs);
      const newest = (track?.ring.newestTime ?? 0) - this.clock.offsetMs;
      if (track) track.seenAt = Math.max(track.seenAt, Math.min(now, newest));
    }
    this.#prune(now);
  }

  #takeSamples(columns: SeriesColumns, now: number): void {
    let newest = Number.NEGATIVE_INFINITY;
    for (const [series, column] of columns) {
      const track = this.#track(series);
      track?.add(column);
      if (track) track.seenAt = now;
      newest = Math.max(newest, column.times.at(-1) ?? Number.NEGATIVE_INFINITY);
    }
    if (newest !== Number.NEGATIVE_INFINITY) this.clock.observe(newest, now);
    this.#prune(now);
  }

  #clear(): void {
    for (const { ring } of this.tracks.values()) ring.clear();
    this.outlines = [];
    this.#missedSince = undefined;
  }

  #newestTime(): number {
    return Math.max(...this.tracks.values().map(({ ring }) => ring.newestTime));
  }

  #cut(): void {
    for (const { ring } of this.tracks.values()) ring.cut();
  }

  #track(series: string): Track | undefined {
    const known = this.tracks.get(series);
    if (known) return known;
    if (this.tracks.size >= maxTracks) {
      this.notices.set("series", `More than ${maxTracks} series: the others are left out.`);
      return undefined;
    }
    placeOf(series); // colours go by who came first, not by which chart happens to be drawn first
    const track = new Track(series);
    this.tracks.set(series, track);
    return track;
  }

  // On arrival, not on drawing: a hidden page draws nothing and must not grow.
  #prune(now: number): void {
    const { spanMs, samples } = this.#retention();
    const keepFrom = now + this.clock.offsetMs - spanMs;
    for (const { ring } of this.tracks.values()) ring.prune(keepFrom, samples);
    if (this.outlines.some(({ to }) => to < keepFrom)) {
      this.outlines = this.outlines.filter(({ to }) => to >= keepFrom);
    }
  }

  #retention(): Retention {
    let spanMs = 0;
    let samples = 0;
    for (const { retention } of this.#members) {
      spanMs = Math.max(spanMs, retention.spanMs);
      samples = Math.max(samples, retention.samples);
    }
    return { spanMs, samples };
  }
}
