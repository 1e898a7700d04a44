import type { Guess, Status } from "@plotcast/client";
import type { Band } from "../scene.ts";
import type { SourceClock } from "./clock.ts";
import type { Source, SourcePart } from "./source.ts";
import type { Track } from "./track.ts";

/** The further back, the worse. What has ended says nothing of those that go on. */
const byTrouble: readonly Status["state"][] = ["ended", "live", "connecting", "waiting", "refused"];

/**
 * Several sources as one, for one chart: the series of all, the clock of the first, and the status of
 * the one that is worst off. A series that two of them have is named after the address of each. It
 * has no state of its own, so that what the sources hold needs to be told to nobody twice.
 */
export function combineSources(sources: readonly Source[]): Source {
  const [first] = sources;
  if (first === undefined) throw new Error("BUG: there is no source to combine");
  return sources.length === 1 ? first : new CombinedSource(first, sources);
}

class CombinedSource implements Source {
  readonly url: string;
  readonly clock: SourceClock;
  readonly parts: readonly SourcePart[];
  /** The same track under the same name is the same object: who draws it keeps what it has of it. */
  readonly #renamed = new WeakMap<Track, Track>();
  #tracks: ReadonlyMap<string, Track> = new Map();
  readonly #origins = new Map<string, { readonly source: Source; readonly series: string }>();
  #known = -1;

  constructor(first: Source, sources: readonly Source[]) {
    this.url = first.url;
    this.clock = first.clock;
    const labels = labelsOf(sources.map(({ url }) => url));
    this.parts = sources.map((source, i) => ({ source, label: labels[i]! }));
  }

  // Series come, and never go.
  get tracks(): ReadonlyMap<string, Track> {
    const count = this.parts.reduce((sum, { source }) => sum + source.tracks.size, 0);
    if (count !== this.#known) this.#tracks = this.#combine();
    this.#known = count;
    return this.#tracks;
  }

  originOf(series: string) {
    void this.tracks; // brings it up to date
    return this.#origins.get(series);
  }

  get bands(): readonly Band[] {
    return this.parts.flatMap(({ source }) => source.bands).sort((a, b) => a.from - b.from);
  }

  get status(): Status {
    return this.#worst().source.status;
  }

  get since(): number {
    return this.#worst().source.since;
  }

  get whose(): string | undefined {
    const { source, label } = this.#worst();
    return source.status.state === "live" ? undefined : label;
  }

  get told(): boolean {
    return this.parts.every(({ source }) => source.told);
  }

  get notices(): ReadonlyMap<string, string> {
    return new Map(
      this.parts.flatMap(({ source, label }, i) =>
        [...source.notices].map(([code, text]) => [`${i} ${code}`, `${label}: ${text}`] as const),
      ),
    );
  }

  get guesses(): readonly Guess[] {
    return this.parts.flatMap(({ source, label }) =>
      source.guesses.map((guess) => ({ ...guess, what: `${label}: ${guess.what}` })),
    );
  }

  recall(): void {
    for (const { source } of this.parts) source.recall();
  }

  #worst(): SourcePart {
    const troubles = this.parts.map(({ source }) => byTrouble.indexOf(source.status.state));
    return this.parts[troubles.indexOf(Math.max(...troubles))]!;
  }

  #combine(): ReadonlyMap<string, Track> {
    const owners = new Map<string, number>();
    for (const { source } of this.parts) {
      for (const name of source.tracks.keys()) owners.set(name, (owners.get(name) ?? 0) + 1);
    }
    const combined = new Map<string, Track>();
    this.#origins.clear();
    for (const { source, label } of this.parts) {
      for (const [name, track] of source.tracks) {
        const own = owners.get(name)! > 1 ? this.#rename(track, `${label}.${name}`) : track;
        combined.set(own.series, own);
        this.#origins.set(own.series, { source, series: name });
      }
    }
    return combined;
  }

  #rename(track: Track, series: string): Track {
    const known = this.#renamed.get(track);
    if (known) return known;
    const renamed = new Proxy(track, {
      get(target, key) {
        if (key === "series") return series;
        // The track itself is asked: what is private to it is not in its likeness.
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
      set: (target, key, value) => Reflect.set(target, key, value, target),
    });
    this.#renamed.set(track, renamed);
    return renamed;
  }
}

/** A short name for each address, other than those of the others: its path, if that will do. */
function labelsOf(urls: readonly string[]): string[] {
  const parsed = urls.map((url) => URL.parse(url));
  const ways: ((url: URL | null, i: number) => string)[] = [
    (url, i) => url?.pathname.replace(/^\/|\/$/g, "") || `source ${i + 1}`,
    (url, i) => (url ? `${url.host}${url.pathname}` : urls[i]!),
    (url, i) => (url ? `${url.host}${url.pathname}${url.search}` : urls[i]!),
  ];
  for (const way of ways) {
    const labels = parsed.map((url, i) => clean(way(url, i)));
    if (new Set(labels).size === labels.length) return labels;
  }
  return urls.map((_, i) => `source ${i + 1}`);
}

// It becomes part of the name of a series, which has no room for more, nor for these.
const maxLabelLength = 60;

function clean(label: string): string {
  return label
    .replace(/[\p{Cc}{}"\\]/gu, "_")
    .slice(0, maxLabelLength)
    .toWellFormed();
}
