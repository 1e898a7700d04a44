import { recycle, type SampleBlock } from "../log/sample-block.ts";
import type { Intake } from "./intake.ts";
import type { SeriesLimit } from "./series-limit.ts";

// While one group is on its way to the disk, the next are read. What a body holds in memory is at
// most so many groups.
const maxUnderWay = 2;

/** Appends groups of samples in order, a few at a time. */
export class Appends {
  readonly #intake: Pick<Intake, "append">;
  readonly #limit: SeriesLimit;
  readonly #underWay: Promise<unknown>[] = [];

  constructor(intake: Pick<Intake, "append">, limit: SeriesLimit) {
    this.#intake = intake;
    this.#limit = limit;
  }

  /** Resolves when there is room for another group. Rejects if one before this one has failed. */
  async add(block: SampleBlock): Promise<void> {
    const waiting = this.#limit.waiting(block);
    const done = this.#intake.append(block).finally(() => {
      this.#limit.settle(waiting);
      recycle(block);
    });
    done.catch(() => {}); // reported to whoever waits for it
    this.#underWay.push(done);
    if (this.#underWay.length >= maxUnderWay) await this.#underWay.shift();
  }

  /** Resolves when all groups are durable. */
  async end(): Promise<void> {
    await Promise.all(this.#underWay.splice(0));
  }
}
