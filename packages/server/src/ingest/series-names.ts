import { canonicalSeries, formatSeries, PlotcastError, parseSeries } from "@plotcast/protocol";

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
  readonly #isKnown: (series: string) => boolean;
  readonly #cache = new Map<string, string | Refusal>();

  /**
   * `unnamed` is the series of a number without a name when there is no prefix to give it one.
   * `refuse` may turn down a series that is well formed; it is asked again until it takes it.
   * `isKnown` tells of a series, given as canonical text, that it has been taken before.
   */
  constructor(
    prefix: string | undefined,
    unnamed: string | undefined,
    refuse: (series: string) => string | undefined = () => undefined,
    isKnown: (series: string) => boolean = () => false,
  ) {
    this.#prefix = prefix;
    this.#unnamed = unnamed;
    this.#refuse = refuse;
    this.#isKnown = isKnown;
    this.hasUnnamed = (prefix ?? unnamed) !== undefined;
  }

  get hasPrefix(): boolean {
    return this.#prefix !== undefined;
  }

  /** `name` may carry labels, `cpu{core="0"}`; without a name (`""`, `{core="0"}`) it is the prefix. */
  resolve(name: string): string | Refusal {
    // Most names are spelled as they should be: of a hundred thousand series none is parsed twice.
    if (this.#prefix === undefined && this.#isKnown(name)) return name;
    const cached = this.#cache.get(name);
    if (cached !== undefined) return cached;
    const series = this.#create(name);
    if (typeof series === "string") {
      const reason = this.#refuse(series);
      if (reason !== undefined) return { reason };
    }
    if (this.#cache.size >= maxCached) this.#cache.clear();
    if (name.isWellFormed()) this.#cache.set(detach(name), series);
    return series;
  }

  #create(name: string): string | Refusal {
    try {
      return detach(canonicalSeries(this.#below(name)));
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

/** A text cut out of a body would keep the whole piece of the body in memory with it. */
function detach(text: string): string {
  return Buffer.from(text).toString();
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
