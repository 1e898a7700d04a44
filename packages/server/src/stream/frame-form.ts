import {
  type Columns,
  encodeFrame,
  encodeHeartbeat,
  formatPosition,
  type SeriesEntry,
} from "@plotcast/protocol";
import type { Encoded, Form } from "../hub/hub.ts";
import type { Batch, SeriesTable } from "../log/log.ts";

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
  readonly #epoch: string;
  readonly #table: SeriesTable;
  readonly #wants: (id: number) => boolean;
  readonly #introduced = new Set<number>();

  constructor(key: string, epoch: string, table: SeriesTable, wants: (id: number) => boolean) {
    this.key = `frames\n${key}`;
    this.#epoch = epoch;
    this.#table = table;
    this.#wants = wants;
  }

  /** Series of the selection that are known now, for hello; what it has no room for comes later. */
  introduceKnown(): SeriesEntry[] {
    const { size } = this.#table;
    const known = function* () {
      for (let id = 1; id <= size; id++) yield id;
    };
    return this.introduce(known().filter(this.#wants).take(maxRemembered));
  }

  /** Those of some series that are part of the selection and have not been introduced yet. */
  introduce(ids: Iterable<number>): SeriesEntry[] {
    const entries: SeriesEntry[] = [];
    for (const id of ids) {
      if (this.#introduced.has(id) || !this.#wants(id)) continue;
      if (this.#introduced.size < maxRemembered) this.#introduced.add(id);
      entries.push({ id, series: this.#table.series(id) });
    }
    return entries;
  }

  encode(batches: readonly Batch[], prev: number): Encoded | undefined {
    const last = batches.findLast(({ ids }) => ids.some(this.#wants));
    if (!last) return undefined;
    const columns = this.#columns(batches);
    const frame = {
      type: "samples",
      prev: formatPosition(this.#epoch, prev),
      series: this.introduce(columns.keys()),
      columns,
    } as const;
    const text = encodeFrame(frame, formatPosition(this.#epoch, last.offset));
    return { bytes: Buffer.from(text), offset: last.offset };
  }

  heartbeat(offset: number): Uint8Array {
    return Buffer.from(encodeHeartbeat(formatPosition(this.#epoch, offset)));
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
