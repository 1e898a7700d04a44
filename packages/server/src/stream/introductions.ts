import type { SeriesEntry } from "@plotcast/protocol";
import type { SeriesTable } from "../log/log.ts";
import type { SeriesAbout } from "../store/store.ts";
import type { Selected } from "./selected.ts";

/** Where names come from. */
export type NameParts = {
  readonly epoch: string;
  readonly series: SeriesTable;
  /** What is known of a series besides its name. */
  readonly about: (id: number) => SeriesAbout | undefined;
};

/**
 * Which series viewers have been told of, who all get the same.
 *
 * A group introduces a series once, though its viewers come at different times: each is told in its
 * hello all that are known by then, so whatever the group has introduced before, the newcomer knows
 * too. Of more series than hello has room for that is not so: those are introduced by every frame.
 */
export class Introductions {
  readonly #selected: Selected;
  readonly #parts: NameParts;
  /** All known ones up to this id have been introduced, as far as there is room. */
  #to = 0;
  /** Of those after it. */
  readonly #introduced = new Set<number>();

  constructor(selected: Selected, parts: NameParts) {
    this.#selected = selected;
    this.#parts = parts;
  }

  /** Takes those that are known now for introduced: whoever comes later is told by its hello. */
  skipKnown(): void {
    this.#to = this.#parts.series.size;
    this.#introduced.clear();
  }

  /**
   * Series of the selection that are known now and were not when it was asked last; those that there
   * is no room for come later. For hello, and for history: live introduces only what appears after it.
   */
  ofKnown(): SeriesEntry[] {
    const entries: SeriesEntry[] = [];
    for (let id = this.#to + 1; id <= this.#parts.series.size; id++) {
      if (this.#selected.wants(id) && this.#selected.remembers(id) && !this.#introduced.has(id)) {
        entries.push(this.#entry(id));
      }
    }
    this.skipKnown();
    return entries;
  }

  /** Those of some series that are part of the selection and have not been introduced yet. */
  of(ids: Iterable<number>): SeriesEntry[] {
    const entries: SeriesEntry[] = [];
    for (const id of ids) {
      if (!this.#selected.wants(id)) continue;
      if (this.#selected.remembers(id)) {
        if (id <= this.#to || this.#introduced.has(id)) continue;
        this.#introduced.add(id);
      }
      entries.push(this.#entry(id));
    }
    return entries;
  }

  #entry(id: number): SeriesEntry {
    return { id, series: this.#parts.series.series(id), ...this.#parts.about(id) };
  }
}
