import {
  type Columns,
  encodeFrame,
  encodeHeartbeat,
  formatPosition,
  type SeriesEntry,
} from "@plotcast/protocol";
import type { Encoded, Form } from "../hub/hub.ts";
import type { Batch, SeriesTable } from "../log/log.ts";
import type { SeriesAbout } from "../store/store.ts";

/** Where a form gets its names from. */
export type FrameFormParts = {
  readonly epoch: string;
  readonly series: SeriesTable;
  /** What is known of a series besides its name. */
  readonly about: (id: number) => SeriesAbout | undefined;
};

// A viewer reads hello in one go, and its proxies hold it: with long names these are 2 MB.
const maxRemembered = 10_000;

/**
 * Batches as `samples` frames.
 *
 * A group introduces a series once, though its viewers come at different times: each is told in its
 * hello all that are known by then, so whatever the group has introduced before, the newcomer knows
 * too. Of more series than hello has room for that is not so: those are introduced by every frame.
 */
export class FrameForm implements Form {
  readonly key: string;
  readonly #parts: FrameFormParts;
  readonly #wants: (id: number) => boolean;
  readonly #introduced = new Set<number>();
  /** All known series up to this id have been introduced, as far as there is room. */
  #introducedTo = 0;

  constructor(key: string, wants: (id: number) => boolean, parts: FrameFormParts) {
    this.key = `frames\n${key}`;
    this.#wants = wants;
    this.#parts = parts;
  }

  /**
   * Series of the selection that are known now and were not when it was asked last; what there is no
   * room for comes later. For hello, and for history: live introduces only what appears after it.
   */
  introduceKnown(): SeriesEntry[] {
    const entries: SeriesEntry[] = [];
    const { size } = this.#parts.series;
    for (let id = this.#introducedTo + 1; id <= size; id++) {
      if (this.#introduced.size >= maxRemembered) break;
      this.#introduce(id, entries);
    }
    this.#introducedTo = size;
    return entries;
  }

  /** Those of some series that are part of the selection and have not been introduced yet. */
  introduce(ids: Iterable<number>): SeriesEntry[] {
    const entries: SeriesEntry[] = [];
    for (const id of ids) this.#introduce(id, entries);
    return entries;
  }

  encode(batches: readonly Batch[], prev: number): Encoded | undefined {
    const last = batches.findLast(({ ids }) => ids.some(this.#wants));
    if (!last) return undefined;
    const columns = this.#columns(batches);
    const frame = {
      type: "samples",
      prev: this.#position(prev),
      series: this.introduce(columns.keys()),
      columns,
    } as const;
    const text = encodeFrame(frame, this.#position(last.offset));
    return { bytes: Buffer.from(text), offset: last.offset };
  }

  heartbeat(offset: number): Uint8Array {
    return Buffer.from(encodeHeartbeat(this.#position(offset)));
  }

  #introduce(id: number, entries: SeriesEntry[]): void {
    if (this.#introduced.has(id) || !this.#wants(id)) return;
    if (this.#introduced.size < maxRemembered) this.#introduced.add(id);
    const { series, about } = this.#parts;
    entries.push({ id, series: series.series(id), ...about(id) });
  }

  #position(offset: number): string {
    return formatPosition(this.#parts.epoch, offset);
  }

  #columns(batches: readonly Batch[]): Map<number, Columns> {
    const columns = new Map<number, { times: number[]; values: (number | null)[] }>();
    for (const { ids, times, values } of batches) {
      for (let i = 0; i < ids.length; i++) {
        const id = ids[i]!;
        if (!this.#wants(id)) continue;
        let column = columns.get(id);
        if (!column) {
          column = { times: [], values: [] };
          columns.set(id, column);
        }
        const value = values[i]!;
        column.times.push(times[i]!);
        column.values.push(Number.isNaN(value) ? null : value);
      }
    }
    return columns;
  }
}
