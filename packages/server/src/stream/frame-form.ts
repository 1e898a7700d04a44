import {
  type Columns,
  encodeFrame,
  encodeHeartbeat,
  type FrameWriter,
  formatPosition,
} from "@plotcast/protocol";
import type { Encoded, Form } from "../hub/hub.ts";
import type { Batch } from "../log/log.ts";
import { Introductions, type NameParts } from "./introductions.ts";
import type { Selected } from "./selected.ts";

/** Batches as `samples` frames. */
export class FrameForm implements Form {
  readonly introductions: Introductions;
  readonly #parts: NameParts;
  readonly #writer: FrameWriter | undefined;
  readonly #wants: (id: number) => boolean;

  /** `writer`: whoever reads one frame reads the next one, too, which may then go on from it. */
  constructor(selected: Selected, parts: NameParts, writer?: FrameWriter) {
    this.#writer = writer;
    this.#wants = selected.wants;
    this.#parts = parts;
    this.introductions = new Introductions(selected, parts);
  }

  encode(batches: readonly Batch[], prev: number): Encoded | undefined {
    const last = batches.findLast(({ ids }) => ids.some(this.#wants));
    if (!last) return undefined;
    const { offset } = last;
    const columns = this.#columns(batches);
    const series = this.introductions.of(columns.keys());
    if (this.#writer) {
      const { whole, brief } = this.#writer.write({ series, columns }, prev, offset);
      const short = brief && { bytes: Buffer.from(brief.text), since: brief.since };
      return { bytes: Buffer.from(whole), offset, ...(short ? { brief: short } : {}) };
    }
    const frame = { type: "samples", prev: this.#position(prev), series, columns } as const;
    return { bytes: Buffer.from(encodeFrame(frame, this.#position(offset))), offset };
  }

  heartbeat(offset: number): Uint8Array {
    return Buffer.from(encodeHeartbeat(this.#position(offset)));
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
