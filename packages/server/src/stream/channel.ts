import type { Form, GroupSpec } from "../hub/hub.ts";
import type { Log } from "../log/log.ts";
import type { Opening } from "./opening.ts";
import type { Turns } from "./turns.ts";

/** How one kind of stream speaks of one selection. Viewers may share it. */
export interface Channel {
  readonly spec: GroupSpec;
  /** For one who reads from the log by itself. */
  form(): Form;
  /** Tells of batches which the log no longer has. */
  gap(from: number, to: number): Uint8Array;
  /**
   * What one is told that was too slow, in place of all after an offset. Undefined: it reads that
   * from the log.
   */
  instead(served: number): Promise<Opening> | undefined;
}

// Encoding so many takes about a millisecond, and after an outage many viewers read at the same time.
const samplesPerTurn = 2000;

// Reading past batches of others may take long, and a viewer that hears nothing thinks itself cut off.
const heartbeatEvery = 1000;

/** Where a viewer stands that is being told. */
export type Cursor = {
  /** Everything up to this offset has been told, or concerns nobody. */
  readonly served: number;
  /** Offset of the last frame it was told: later ones had nothing for it. */
  readonly prev: number;
};

export type LogSource = {
  readonly form: Form;
  readonly log: Log;
  readonly gap: Channel["gap"];
  readonly turns: Turns;
};

/**
 * Reads batches up to offset `until` from the log and hands on what is to be sent of them; resolves to
 * how far it got. It ends there, or when `send` resolves to false.
 */
export async function readLog(
  from: Cursor,
  until: number,
  { form, log, gap, turns }: LogSource,
  send: (bytes: Uint8Array) => Promise<boolean>,
): Promise<Cursor> {
  let { served, prev } = from;
  let samples = 0;
  while (served < until) {
    if (served + 1 < log.oldest) {
      const to = log.oldest - 1;
      const isWanted = await send(gap(served, to));
      served = to;
      prev = to;
      if (!isWanted) return { served, prev };
    }
    for await (const batch of log.read(served, until)) {
      // The log can be trimmed while it is read; the next round tells of the hole.
      if (batch.offset !== served + 1) break;
      samples += batch.ids.length;
      const encoded = form.encode([batch], prev);
      served = batch.offset;
      if (encoded) {
        prev = encoded.offset;
        if (!(await send(encoded.bytes))) return { served, prev };
      } else if (served % heartbeatEvery === 0 && !(await send(form.heartbeat(served)))) {
        return { served, prev };
      }
      if (samples < samplesPerTurn) continue;
      samples = 0;
      await turns.take();
    }
  }
  return { served, prev };
}
