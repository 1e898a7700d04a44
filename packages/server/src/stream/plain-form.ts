import { encodeEvent, encodeHeartbeat, formatPosition } from "@plotcast/protocol";
import type { Encoded, Form } from "../hub/hub.ts";
import type { Batch, SeriesTable } from "../log/log.ts";

/**
 * Batches in the form of the tutorial: `data: {"time":"YYYY-MM-DD HH:MM:SS","value":12.3}`, one event
 * per sample, times in the server's zone.
 *
 * A connection can be cut between two events of a batch, so each id but the last of a batch also
 * counts how many of its samples are done.
 */
export class PlainForm implements Form {
  readonly #series: string;
  readonly #epoch: string;
  readonly #table: SeriesTable;
  readonly #wants: (id: number) => boolean;

  constructor(series: string, epoch: string, table: SeriesTable, wants: (id: number) => boolean) {
    this.#series = series;
    this.#epoch = epoch;
    this.#table = table;
    this.#wants = wants;
  }

  encode(batches: readonly Batch[]): Encoded | undefined {
    const text = batches.map((batch) => this.encodeRest(batch, 0)).join("");
    return text === "" ? undefined : { bytes: Buffer.from(text), offset: batches.at(-1)!.offset };
  }

  /** The events of a batch without its first `seen` samples. */
  encodeRest({ offset, ids, times, values }: Batch, seen: number): string {
    let text = "";
    let last = ids.length - 1;
    while (last >= 0 && !this.#wants(ids[last]!)) last--;
    for (let i = seen; i <= last; i++) {
      if (!this.#wants(ids[i]!)) continue;
      const done = i === last;
      const id = done
        ? formatPosition(this.#epoch, offset)
        : formatPosition(this.#epoch, offset - 1, i + 1);
      text += encodeEvent({ id, data: this.#data(ids[i]!, times[i]!, values[i]!) });
    }
    return text;
  }

  heartbeat(offset: number): Uint8Array {
    return Buffer.from(encodeHeartbeat(formatPosition(this.#epoch, offset)));
  }

  #data(id: number, time: number, value: number): string {
    const series = this.#table.series(id);
    // One name may stand for several sets of labels; then the reader must be able to tell them apart.
    const which = series === this.#series ? "" : `,"series":${JSON.stringify(series)}`;
    const number = Number.isNaN(value) ? "null" : Object.is(value, -0) ? "-0" : String(value);
    return `{"time":"${localTime(time)}","value":${number}${which}}`;
  }
}

/** `YYYY-MM-DD HH:MM:SS` in the server's zone. */
export function localTime(time: number): string {
  const date = new Date(time);
  const pad = (n: number, width = 2) => String(n).padStart(width, "0");
  const day = `${pad(date.getFullYear(), 4)}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}
