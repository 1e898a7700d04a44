import { canonicalSeries, formatSeries, PlotcastError, parseSeries } from "@plotcast/protocol";

/** A series, and the place it has in the block under way: see `Collector`. */
export type NamedSeries = { readonly series: string; block: number; place: number };

/** Why a name cannot be used. */
export type Refusal = { readonly reason: string };

/** Most bodies have a few names and millions of lines. A body that makes up names must not fill memory. */
const maxCached = 10_000;

/** Turns the names of a body into canonical series below the body's prefix, each of them once. */
export class SeriesNames {
  /** Whether a number that came without a name has one here. */
  readonly hasUnnamed: boolean;
  readonly #prefix: string | undefined;
  readonly #unnamed: string | undefined;
  readonly #refuse: (series: string) => string | undefined;
  readonly #find: (series: string) => string | undefined;
  readonly #cache = new Map<string, NamedSeries | Refusal>();

  /**
   * `unnamed` is the series of a number without a name when there is no prefix to give it one.
   * `refuse` may turn down a series that is well formed; it is asked again until it takes it.
   * `find` gives the text of a series that has been taken before, as whoever took it keeps it.
   */
  constructor(
    prefix: string | undefined,
    unnamed: string | undefined,
    refuse: (series: string) => string | undefined = () => undefined,
    find: (series: string) => string | undefined = () => undefined,
  ) {
    this.#prefix = prefix;
    this.#unnamed = unnamed;
    this.#refuse = refuse;
    this.#find = find;
    this.hasUnnamed = (prefix ?? unnamed) !== undefined;
  }

  get hasPrefix(): boolean {
    return this.#prefix !== undefined;
  }

  /** `name` may carry labels, `cpu{core="0"}`; without a name (`""`, `{core="0"}`) it is the prefix. */
  resolve(name: string): NamedSeries | Refusal {
    const cached = this.#cache.get(name);
    if (cached !== undefined) return cached;
    const hasRoom = this.#cache.size < maxCached;
    // Most names are spelled as they should be: of a hundred thousand series none is parsed twice.
    const known = this.#prefix === undefined ? this.#find(name) : undefined;
    if (known !== undefined) {
      const found = named(known);
      if (hasRoom) this.#cache.set(known, found);
      return found;
    }
    const found = this.#create(name);
    const reason = "reason" in found ? undefined : this.#refuse(found.series);
    if (reason !== undefined) return { reason };
    if (!hasRoom) this.#cache.clear();
    this.#cache.set(detach(name), found);
    return found;
  }

  #create(name: string): NamedSeries | Refusal {
    try {
      return named(detach(canonicalSeries(this.#below(name))));
    } catch (error) {
      if (error instanceof PlotcastError) return { reason: error.message };
      throw error;
    }
  }

  #below(name: string): string {
    const unnamed = name === "" || name.startsWith("{");
    if (unnamed) {
      const whole = this.#prefix ?? this.#unnamed ?? "";
      return name === "" ? whole : merge(whole, `_${name}`, false);
    }
    return this.#prefix === undefined ? name : merge(this.#prefix, name, true);
  }
}

function named(series: string): NamedSeries {
  return { series, block: 0, place: 0 };
}

/** The same text by itself: one that was cut out of a body keeps the piece it comes from in memory. */
function detach(text: string): string {
  return ` ${text}`.slice(1);
}

/** The labels of both, and the name of the first, or of both. */
function merge(first: string, second: string, joined: boolean): string {
  const above = parseSeries(first);
  const own = parseSeries(second);
  return formatSeries({
    name: joined ? `${above.name}.${own.name}` : above.name,
    labels: new Map([...above.labels, ...own.labels]),
  });
}
