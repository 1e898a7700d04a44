import {
  type Columns,
  encodeFrame,
  encodeHeartbeat,
  formatPosition,
  type SeriesEntry,
} from "@plotcast/protocol";
import type { Encoded, Form } from "../hub/hub.ts";
import type { Batch, SeriesTable } from "../log/log.ts";

/**
 * Batches as `samples` frames.
 *
 * It remembers which series its viewers have been told about. A viewer is told all that are known
 * when it comes, so whatever the form of its group has introduced before, the viewer knows too.
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

  /** Every series of the selection that is known now and has not been introduced yet. */
  introduce(ids: Iterable<number> = this.#all()): SeriesEntry[] {
    const entries: SeriesEntry[] = [];
    for (const id of ids) {
      if (this.#introduced.has(id) || !this.#wants(id)) continue;
      this.#introduced.add(id);
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

  *#all(): Generator<number> {
    for (let id = 1; id <= this.#table.size; id++) yield id;
  }
}
