import { type Change, isOurs } from "@plotcast/client";
import type { Older } from "../picture.ts";
import type { Band } from "../scene.ts";
import type { View } from "../window.ts";
import { Archive, type ArchiveParts, maxStretches } from "./archive.ts";
import type { Ring } from "./ring.ts";
import type { Source, SourcePart } from "./source.ts";
import type { Shown } from "./stretch.ts";

export type ArchivesParts = Omit<ArchiveParts, "url" | "now"> & { readonly source: Source };

/** Older and finer data of one chart that is held: of each of its sources, from there. */
export class Archives implements Older {
  readonly #source: Source;
  readonly #shown: () => readonly Shown[];
  readonly #parts: readonly SourcePart[];
  readonly #archives: ReadonlyMap<Source, Archive>;
  #view: View | undefined;

  constructor({ source, shown, ...others }: ArchivesParts) {
    this.#source = source;
    this.#shown = shown;
    this.#parts = source.parts ?? [{ source, label: "" }];
    const stretches = Math.max(1, Math.floor(maxStretches / this.#parts.length));
    this.#archives = new Map(
      this.#parts.map(({ source: one }) => [
        one,
        new Archive({
          ...others,
          stretches,
          url: one.url,
          shown: () => this.#shownOf(one),
          now: () => Date.now() + one.clock.offsetMs,
        }),
      ]),
    );
  }

  want(view: View | undefined, pixels: number): void {
    this.#view = view;
    for (const archive of this.#archives.values()) archive.want(view, pixels);
  }

  ringFor(series: string): Ring | undefined {
    const origin = this.#originOf(series);
    return origin && this.#archives.get(origin.source)!.ringFor(origin.series);
  }

  get bands(): readonly Band[] {
    return this.#parts.flatMap(({ source, label }) => {
      const own = this.#archives.get(source)!.bands;
      if (label === "") return own;
      const bands = isOurs(source.url) ? own : this.#neverKept(source);
      return bands.map((band) => ({ ...band, text: `${label}: ${band.text}` }));
    });
  }

  /** The stretch in which any of them has anything. */
  get reach(): View {
    const all = [...this.#archives.values()].map(({ reach }) => reach);
    return {
      from: Math.min(...all.map(({ from }) => from)),
      to: Math.max(...all.map(({ to }) => to)),
    };
  }

  /** Why there is nothing older, of the first that has a reason. */
  get problem(): string | undefined {
    for (const { source, label } of this.#parts) {
      const { state } = this.#archives.get(source)!;
      if (state.state === "error") return label === "" ? state.reason : `${label}: ${state.reason}`;
    }
    return undefined;
  }

  /** A source has taken in a change. */
  take(change: Change, source: Source): void {
    this.#archives.get(source)?.take(change);
  }

  /** Alone, such a source cannot be looked at beyond what is held; beside others it can. */
  #neverKept(source: Source): readonly Band[] {
    const begins = this.#shownOf(source).flatMap(({ live }) => live.times[0] ?? []);
    const to = Math.min(...begins);
    if (!this.#view || begins.length === 0 || to <= this.#view.from) return [];
    const text = "Nothing is held from before this, and it cannot be asked for.";
    return [{ from: Number.NEGATIVE_INFINITY, to, kind: "retention", text }];
  }

  #originOf(series: string) {
    return this.#source.originOf ? this.#source.originOf(series) : { source: this.#source, series };
  }

  /** What is shown of one source, by its own names. */
  #shownOf(source: Source): Shown[] {
    return this.#shown().flatMap((one) => {
      const origin = this.#originOf(one.series);
      return origin?.source === source ? [{ ...one, series: origin.series }] : [];
    });
  }
}
