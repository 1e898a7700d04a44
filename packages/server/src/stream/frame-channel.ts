import { setImmediate as nextTurn } from "node:timers/promises";
import {
  encodeFrame,
  FrameWriter,
  formatPosition,
  type History,
  type Reduced,
} from "@plotcast/protocol";
import type { HubCounters } from "../hub/counters.ts";
import type { Form, GroupSpec, Hold, Hub } from "../hub/hub.ts";
import { Packet } from "../hub/packet.ts";
import type { Log } from "../log/log.ts";
import type { SeriesHistory, Store } from "../store/store.ts";
import type { Weight } from "./budget.ts";
import { type Channel, type Cursor, readLog } from "./channel.ts";
import { FrameForm } from "./frame-form.ts";
import { helloTail } from "./hello.ts";
import { historyFrames } from "./history-frames.ts";
import type { NameParts } from "./introductions.ts";
import { Opening, type Openings, type Range, type Telling } from "./opening.ts";
import type { Selected } from "./selected.ts";
import type { Turns } from "./turns.ts";

export type FrameChannelParts = {
  readonly log: Log;
  readonly store: Store;
  readonly hub: Hub;
  readonly openings: Openings;
  readonly turns: Turns;
  readonly counters: HubCounters;
  readonly now: () => number;
};

/** What an opening is made with. */
type Making = { readonly form: FrameForm; readonly hold: Hold; readonly weight: Weight };

/** A bucket has 13 numbers. */
const bucketBytes = 13 * 8;

// A herd is told this much together; beyond it each viewer reads on by itself.
const maxSharedBytes = 4_000_000;

/** One selection in frames, as `/v1/stream` tells it. */
export class FrameChannel implements Channel {
  readonly spec: GroupSpec;
  readonly #selected: Selected;
  readonly #px: number;
  readonly #parts: FrameChannelParts;
  readonly #names: NameParts;

  constructor(
    selected: Selected,
    { rate, px }: { readonly rate: number; readonly px: number },
    parts: FrameChannelParts,
  ) {
    const { log, store } = parts;
    this.#selected = selected;
    this.#px = px;
    this.#parts = parts;
    this.#names = { epoch: log.epoch, series: log.series, about: (id) => store.about(id) };
    const form = () => {
      const live = new FrameForm(selected, this.#names, new FrameWriter(log.epoch));
      live.introductions.skipKnown();
      return live;
    };
    this.spec = { key: `frames\n${rate}\n${selected.key}`, rate, form };
  }

  form(): Form {
    return this.#form();
  }

  /** With all names: those that were introduced meanwhile will not be again. */
  gap(from: number, to: number): Uint8Array {
    const { log } = this.#parts;
    const series = this.#form().introductions.ofKnown();
    const prev = formatPosition(log.epoch, from);
    const names = encodeFrame({ type: "samples", prev, series, columns: new Map() });
    return Buffer.concat([Buffer.from(names), gapBytes(log, from, to)]);
  }

  /** Hello, then history of a stretch of time, then live. `key`: the same for the same stretch. */
  history(key: string, range: Range): Promise<Opening> {
    return this.#begin(`history\n${key}`, range, (making) => this.#tellHistory(range, making));
  }

  /** Hello, then exactly what came after an offset; and history of those that are new to the viewer. */
  exactly(after: number, fresh?: { readonly wants: Selected; readonly spanMs: number }) {
    const key = `exact\n${after}\n${fresh?.spanMs}\n${fresh?.wants.key}`;
    return this.#begin(key, undefined, (making) => this.#tellExactly(after, fresh, making));
  }

  /** Without hello, for one that has had it: what it was too slow for, thinned where it is long. */
  instead(served: number): Promise<Opening> {
    this.#parts.counters.reductions++;
    return this.#hold(`instead\n${served}`, async (hold, weight) => {
      const range = await this.missedSince(served);
      const telling = range
        ? this.#tellReduced(served, range, { form: this.#form(), hold, weight })
        : this.#tellLoss(served);
      return new Opening(this, telling, weight);
    });
  }

  /** The stretch of time from which samples came after an offset; undefined if that is not known. */
  async missedSince(offset: number): Promise<Range | undefined> {
    const since = await this.#parts.store.missedSince(offset);
    if (since === undefined) return undefined;
    const now = this.#parts.now();
    // Samples may be from the future; and nothing at all may have come that is still kept.
    const from = Number.isFinite(since) ? since : now;
    return { from, to: Math.max(from, now) };
  }

  #begin(
    key: string,
    range: Range | undefined,
    tell: (making: Making) => Telling,
  ): Promise<Opening> {
    return this.#hold(key, async (hold, weight) => {
      const form = this.#form();
      const greeting = new Packet(helloTail(form.introductions.ofKnown()));
      const known = { greeting, ...(range ? { range } : {}) };
      return new Opening(this, tell({ form, hold, weight }), weight, known);
    });
  }

  /** The group begins before anybody is told names: it introduces what appears from then on. */
  #hold(key: string, make: (hold: Hold, weight: Weight) => Promise<Opening>): Promise<Opening> {
    const { hub, openings } = this.#parts;
    return openings.get(`${this.spec.key}\n${this.#px}\n${key}`, () => hub.hold(this.spec), make);
  }

  #form(): FrameForm {
    return new FrameForm(this.#selected, this.#names);
  }

  async *#tellHistory(range: Range, making: Making): Telling {
    const at = yield* this.#historyPart({ range, ids: this.#selected.ids, ...making });
    return yield* this.#readOn(at, making);
  }

  async *#tellExactly(
    after: number,
    fresh: { readonly wants: Selected; readonly spanMs: number } | undefined,
    making: Making,
  ): Telling {
    let through = after;
    if (fresh) {
      const ids = [...this.#selected.ids].filter(fresh.wants.wants);
      const now = this.#parts.now();
      const range = { from: now - fresh.spanMs, to: now };
      const told = yield* this.#historyPart({ range, ids, ...making, beside: true });
      through = told.served;
    }
    return yield* this.#readOn({ served: after, prev: after }, making, through);
  }

  async *#tellReduced(served: number, range: Range, making: Making): Telling {
    const reason = "it was too slow for what came";
    const after = formatPosition(this.#parts.log.epoch, served);
    const frame: Reduced = { type: "reduced", after, ...range, reason };
    yield Buffer.from(encodeFrame(frame));
    return yield* this.#tellHistory(range, making);
  }

  async *#tellLoss(served: number): Telling {
    const { head } = this.#parts.hub;
    yield this.gap(served, head);
    return { served: head, prev: head };
  }

  /** History frames; they tell everything up to where they end. */
  async *#historyPart({
    range,
    ids,
    form,
    weight,
    beside = false,
  }: {
    readonly range: Range;
    readonly ids: Iterable<number>;
    readonly form: FrameForm;
    readonly weight: Weight;
    /** Beside an exact resume, whose position it must not move. */
    readonly beside?: boolean;
  }): Telling {
    const { store, log, counters, openings } = this.#parts;
    // Samples from the future too: being in the log already, they would not come live either.
    const request = { ...range, andLater: true, px: this.#px, ids };
    counters.storeReads++;
    const { offset, series } = await openings.budget.read(() => store.history(request));
    for (const each of series.values()) weight.add(bytesOf(each));
    const position = formatPosition(log.epoch, offset);
    const { introductions } = form;
    // Series that appeared since hello; live introduces only those that appear after `offset`.
    let late = introductions.ofKnown();
    let isFirst = true;
    for (const frame of historyFrames(series, range, (shown) => introductions.of(shown))) {
      const told: History = {
        ...frame,
        series: [...late, ...frame.series],
        ...(beside ? { through: position } : {}),
      };
      late = [];
      // Only with the last part does the viewer stand where live begins; cut before, it starts over.
      const id = frame.done && !beside ? position : undefined;
      // Each takes milliseconds to make, and there may be hundreds.
      if (!isFirst) await nextTurn();
      isFirst = false;
      yield Buffer.from(encodeFrame(told, id));
    }
    return { served: offset, prev: offset };
  }

  /**
   * Batches after an offset, until one can join the group there; at least up to offset `through`, since
   * a frame of the group's may hold some from both sides of it.
   */
  async *#readOn(from: Cursor, { form, hold, weight }: Making, through = 0): Telling {
    const { log, hub, turns, openings } = this.#parts;
    const source = { form, log, turns, gap: (from: number, to: number) => this.gap(from, to) };
    let at = from;
    let bytes = 0;
    const least = Math.min(through, hub.head);
    while ((at.served < least || !hold.cut(at.served)) && bytes < maxSharedBytes) {
      // All at once, and not as it is taken: a read that nobody goes on with would hold its place.
      const parts: Uint8Array[] = [];
      const from = at;
      const read = () =>
        readLog(from, hub.head, source, async (part) => {
          parts.push(part);
          weight.add(part.length);
          bytes += part.length;
          return bytes < maxSharedBytes;
        });
      // Whoever holds something already would only keep others waiting by waiting.
      at = await (weight.bytes === 0 ? openings.budget.read(read) : read());
      for (const part of parts) {
        weight.add(-part.length);
        yield part;
      }
      // All there is was told; the group is gone, for nobody came in time.
      if (at.served === from.served) break;
    }
    return at;
  }
}

function bytesOf(history: SeriesHistory): number {
  if (history.kind !== "buckets") return history.times.byteLength + history.values.byteLength;
  return bucketBytes * history.buckets.starts.length;
}

/** Tells of batches which the log no longer has. */
export function gapBytes({ epoch }: Log, from: number, to: number): Uint8Array {
  const [first, last] = [formatPosition(epoch, from), formatPosition(epoch, to)];
  const reason = "the log no longer has these samples";
  return Buffer.from(encodeFrame({ type: "gap", from: first, to: last, reason }, last));
}
