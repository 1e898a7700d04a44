import {
  type Change,
  defaultEnvironment,
  type FollowOptions,
  type Guess,
  isOurs,
  type PlainOptions,
  type Status,
} from "@plotcast/client";
import { guarded } from "../errors.ts";
import { placeOf } from "../palette.ts";
import type { Band } from "../scene.ts";
import { SourceClock } from "./clock.ts";
import { Losses } from "./losses.ts";
import { type Life, watchSleep } from "./sleep.ts";
import { Track } from "./track.ts";

/** How changes are had: `followShared` of the client, or anything that yields the same. */
export type Follow = (options: FollowOptions) => AsyncIterable<Change>;

type HistoryChange = Extract<Change, { type: "history" }>;
type SamplesChange = Extract<Change, { type: "samples" }>;

/** How much a chart wants held; looked at again and again. */
export type Retention = {
  /** How far back; of our own servers, history is asked for that. */
  readonly spanMs: number;
  readonly samples: number;
  /** What has come is kept at least so long. */
  readonly keptMs?: number;
};

/** One of several sources, and its short name. */
export type SourcePart = { readonly source: Source; readonly label: string };

/** One stream, shared by all charts of a page that ask for it; what is held lives in `tracks`. */
export interface Source {
  readonly url: string;
  /** By canonical text, in order of appearance. */
  readonly tracks: ReadonlyMap<string, Track>;
  readonly clock: SourceClock;
  /** Why samples are missing where they are, or held in outline only; by time. */
  readonly bands: readonly Band[];
  readonly status: Status;
  /** Those it stands for, if these are several. */
  readonly parts?: readonly SourcePart[];
  /** Whose a series is, where there are several, and its name there. */
  originOf?(series: string): { readonly source: Source; readonly series: string } | undefined;
  /** Whose status it is, where there are several sources. */
  readonly whose?: string | undefined;
  /** When `status` began, our clock. */
  readonly since: number;
  /** Whether all has been told that the server had of the time asked for. */
  readonly told: boolean;
  /** What is worth knowing of the endpoint, one sentence each. */
  readonly notices: ReadonlyMap<string, string>;
  /** What is taken of an endpoint that is not ours, without its having promised it. */
  readonly guesses: readonly Guess[];
  /** A member wants more held than before: what is older is asked for again, where it can be. */
  recall(): void;
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
  /** What is known of an endpoint that is not ours. */
  readonly plain?: PlainOptions;
  /** It is no stream, and asked every so many milliseconds. */
  readonly poll?: number;
  readonly now?: () => number;
  /** The page's; of `now` it has its own. */
  readonly life?: Omit<Life, "now">;
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
  const { url, follow, plain, poll } = options;
  const byKey = sources.get(follow) ?? new Map<string, SharedSource>();
  sources.set(follow, byKey);
  // Read in another way, it is another source.
  const key = JSON.stringify([url, plain, poll]);
  let source = byKey.get(key);
  if (!source) {
    source = new SharedSource(options, () => byKey.delete(key));
    byKey.set(key, source);
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
  guesses: readonly Guess[] = [];
  told = false;
  status: Status = { state: "connecting", attempt: 1 };
  since: number;
  readonly #options: OpenOptions;
  readonly #now: () => number;
  readonly #losses: Losses;
  readonly #closed = new AbortController();
  readonly #members = new Set<Member>();
  readonly #forget: () => void;
  #off = new AbortController();
  /** How far back was asked for; infinity while nothing was, and of whom nothing can be. */
  #historyMs = Number.POSITIVE_INFINITY;
  #historySamples = Number.POSITIVE_INFINITY;
  #replaceWithHistory = false;
  /** History is about what was missed since then, and adds to what is held. */
  #missedSince: number | undefined;

  constructor(options: OpenOptions, forget: () => void) {
    const { url, poll, now = Date.now, life = defaultEnvironment() } = options;
    this.url = url;
    this.#options = options;
    this.#now = now;
    this.#forget = forget;
    this.since = now();
    this.#losses = new Losses(this.tracks, this.since);
    this.#losses.exact = isOurs(url) && poll === undefined;
    const slept = (from: number, to: number) => this.#losses.slept(from, to);
    watchSleep({ ...life, now }, slept, this.#closed.signal, poll !== undefined);
  }

  get bands(): readonly Band[] {
    return this.#losses.bands(this.#now());
  }

  join(member: Member): void {
    this.#members.add(member);
    member.signal.addEventListener("abort", () => this.#leave(member), { once: true });
    this.recall();
  }

  recall(): void {
    // What is older than anyone wanted so far comes with a new history only.
    const { spanMs, samples } = this.#retention();
    if (spanMs > this.#historyMs || samples > this.#historySamples) this.run();
  }

  // An element that is moved in the document leaves and joins at once: the stream must survive that.
  #leave(member: Member): void {
    this.#members.delete(member);
    queueMicrotask(() => {
      if (this.#members.size > 0 || this.#off.signal.aborted) return;
      this.#off.abort();
      this.#closed.abort();
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
      const { url, follow, plain, poll } = this.#options;
      const how = { ...(plain ? { plain } : {}), ...(poll === undefined ? {} : { poll }) };
      const history = isOurs(url) && poll === undefined ? this.#historyWanted() : {};
      for await (const change of follow({ url, signal, ...how, ...history })) {
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
    const px = Math.min(4000, Math.max(400, Math.ceil(this.#options.pixels / 400) * 400));
    const { spanMs, samples } = this.#retention();
    this.#historyMs = spanMs;
    this.#historySamples = samples;
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
        this.#takeSamples(change, now);
        break;
      case "reset":
        this.#replaceWithHistory = true;
        this.#losses.lose(false, change.reason);
        this.#cut();
        break;
      case "reduced":
        this.#replaceWithHistory = false;
        // Of what is held nothing was missed, even if something late has come to it.
        this.#missedSince ??= Math.max(change.from, this.#losses.newestTime);
        break;
      case "gap":
        this.#losses.lose(true, change.reason);
        this.#cut();
        break;
      case "guesses":
        this.#losses.exact = false;
        this.guesses = change.guesses;
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
    if (status.state === "live") {
      this.#losses.connected();
      if (status.clockOffsetMs === undefined) return;
      this.#losses.exact = true;
      this.clock.know(status.clockOffsetMs, now);
    } else if (status.state === "waiting" || status.state === "refused") {
      this.#losses.cut(now);
    }
  }

  #takeHistory({ columns, bucketMs, to, done }: HistoryChange, now: number): void {
    if (this.#replaceWithHistory) this.#clear();
    this.#replaceWithHistory = false;
    this.#losses.exact = true;
    const from = this.#missedSince ?? to;
    if (from < to) this.#losses.reduce(from, to, bucketMs);
    this.#losses.find(columns, now, { bucketMs, done });
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

  #takeSamples({ columns, stepMs }: SamplesChange, now: number): void {
    if (this.#losses.find(columns, now)) this.#cut();
    let newest = Number.NEGATIVE_INFINITY;
    for (const [series, column] of columns) {
      const track = this.#track(series);
      track?.add(column);
      if (track) track.seenAt = now;
      newest = Math.max(newest, column.times.at(-1) ?? Number.NEGATIVE_INFINITY);
    }
    if (newest !== Number.NEGATIVE_INFINITY) this.clock.observe(newest, now, stepMs);
    this.#prune(now);
  }

  #clear(): void {
    for (const { ring } of this.tracks.values()) ring.clear();
    this.#losses.clear();
    this.#missedSince = undefined;
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
    const { keptMs, samples } = this.#retention();
    const keepFrom = now + this.clock.offsetMs - keptMs;
    if (this.#historyMs !== Number.POSITIVE_INFINITY) {
      // What is gone must be asked for again when somebody wants it again.
      this.#historyMs = Math.min(this.#historyMs, keptMs);
      this.#historySamples = Math.min(this.#historySamples, samples);
    }
    for (const { ring } of this.tracks.values()) ring.prune(keepFrom, samples);
    this.#losses.prune(keepFrom);
  }

  #retention(): Required<Retention> {
    let [spanMs, samples, keptMs] = [0, 0, 0];
    for (const { retention } of this.#members) {
      spanMs = Math.max(spanMs, retention.spanMs);
      samples = Math.max(samples, retention.samples);
      keptMs = Math.max(keptMs, retention.spanMs, retention.keptMs ?? 0);
    }
    return { spanMs, samples, keptMs };
  }
}
