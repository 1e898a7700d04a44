import type { GroupSpec, Hub } from "../hub/hub.ts";
import type { Log } from "../log/log.ts";
import type { Channel } from "./channel.ts";
import { gapBytes } from "./frame-channel.ts";
import { Opening, type Openings, type Telling } from "./opening.ts";
import { PlainForm } from "./plain-form.ts";
import type { Selected } from "./selected.ts";

export type PlainChannelParts = {
  readonly log: Log;
  readonly hub: Hub;
  readonly openings: Openings;
};

/** One series in the tutorial's form, as `/chart-data` tells it. */
export class PlainChannel implements Channel {
  readonly spec: GroupSpec;
  readonly #series: string;
  readonly #selected: Selected;
  readonly #parts: PlainChannelParts;

  constructor(series: string, selected: Selected, rate: number, parts: PlainChannelParts) {
    this.#series = series;
    this.#selected = selected;
    this.#parts = parts;
    this.spec = { key: `plain\n${rate}\n${series}`, rate, form: () => this.form() };
  }

  form(): PlainForm {
    const { epoch, series } = this.#parts.log;
    return new PlainForm(this.#series, epoch, series, this.#selected.wants);
  }

  gap(from: number, to: number): Uint8Array {
    return gapBytes(this.#parts.log, from, to);
  }

  /** This form has no words for buckets: who was too slow reads all of it from the log. */
  instead(): undefined {
    return undefined;
  }

  /** From an offset on; `part`: so many samples of the batch after it have been seen. */
  from(after: number, part = 0): Promise<Opening> {
    const { hub, openings } = this.#parts;
    const key = `${this.spec.key}\n${after}.${part}`;
    const hold = () => hub.hold(this.spec);
    return openings.get(key, hold, async (_, weight) => {
      return new Opening(this, this.#rest(after, part), weight);
    });
  }

  /** Cut inside a batch: the hub only has it whole, so the rest of it comes from the log. */
  async *#rest(after: number, part: number): Telling {
    if (part === 0) return { served: after, prev: after };
    for await (const batch of this.#parts.log.read(after, after + 1)) {
      yield Buffer.from(this.form().encodeRest(batch, part));
    }
    return { served: after + 1, prev: after + 1 };
  }
}
