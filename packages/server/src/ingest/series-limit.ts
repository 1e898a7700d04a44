import type { SampleBlock } from "../log/sample-block.ts";
import type { Intake } from "./intake.ts";
import { quote } from "./rejection.ts";

/** A series costs memory for ever, in the log and on every page; a name that changes makes many. */
export const defaultMaxSeries = 100_000;

/**
 * Decides whether a series may be added.
 *
 * Names that are on their way into the log count too, or one large body could pass the limit before
 * the log has seen the first of them.
 */
export class SeriesLimit {
  readonly #intake: Pick<Intake, "findSeries" | "seriesCount">;
  readonly #max: number;
  readonly #onTheWay = new Set<string>();

  constructor(intake: Pick<Intake, "findSeries" | "seriesCount">, max = defaultMaxSeries) {
    this.#intake = intake;
    this.#max = max;
  }

  /** Undefined if the series is known or has been given a place, else why not. */
  refuse(series: string): string | undefined {
    const isKnown = this.#onTheWay.has(series) || this.#intake.findSeries(series) !== undefined;
    if (isKnown) return undefined;
    if (this.#intake.seriesCount() + this.#onTheWay.size >= this.#max) {
      return `cannot take a new series ${quote(series)}: there are already ${this.#max}, the limit; keep what changes, such as ids and times, out of names`;
    }
    this.#onTheWay.add(series);
    return undefined;
  }

  /** The series of these samples that have a place but are not known to the log yet. */
  waiting({ names }: SampleBlock): string[] {
    if (this.#onTheWay.size === 0) return [];
    return names.filter((name) => this.#onTheWay.has(name));
  }

  /** The log has these series now, or never will. */
  settle(series: readonly string[]): void {
    for (const each of series) this.#onTheWay.delete(each);
  }
}
