import { Lazy } from "./lazy.ts";
import type { YOptions } from "./options.ts";
import { Range, type Scale, withThresholds, zoomed } from "./range.ts";
import type { YScale } from "./renderer.ts";
import { plainUnit, type Unit } from "./text/unit.ts";
import type { Heights } from "./viewport.ts";

/** CSS pixels between labels. */
const distance = 36;

/** What is known of units. Numbers without one need none of it. */
export const units = new Lazy(() => import("./text/units.ts"));
const none: Unit = plainUnit();

/** What an axis of values is made of. */
export type YAxisOptions = {
  readonly y: YOptions;
  readonly unit: string | undefined;
  readonly locale: string | undefined;
  /** Values that are to be seen coming. */
  readonly thresholds: readonly number[];
  /** The part of the range that is looked at; undefined: all of it. */
  readonly heights: Heights | undefined;
};

/** One axis of values over time: its range, its labels, and how values on it are written. */
export class YAxis {
  readonly #range = new Range();
  #unit = none;
  #locale: string | undefined;
  #scale: Scale | undefined;
  #texts: readonly string[] = [];
  #title = "";
  #key = "";

  /** Other data, or another wish: what was held of the range is given up. */
  reset(): void {
    this.#range.reset();
  }

  /** Data between `min` and `max` are in view, on `height` CSS pixels. */
  next(min: number, max: number, height: number, now: number, options: YAxisOptions): void {
    const { y, unit, locale, thresholds, heights } = options;
    this.#measureIn(unit);
    this.#locale = locale;
    const { round } = this.#unit;
    const maxTicks = Math.max(3, Math.min(9, Math.floor(height / distance) + 1));
    // With nothing in view the axis stays as it was: what comes next is likely to be like it.
    if (min <= max) {
      const [low, high] = withThresholds(min, max, thresholds, y.log);
      this.#scale = this.#range.next(low, high, maxTicks, now, { ...y, round });
    }
    const whole = this.#range.scale;
    if (!whole) return;
    this.#scale = heights ? zoomed(whole, heights, maxTicks, round) : whole;
    this.#label();
  }

  /** For a frame; before any data a blank one. */
  scale(side: "left" | "right"): YScale {
    const { min, max, ticks, log } = this.#scale ?? { min: 0, max: 1, ticks: [], log: false };
    const labelled = ticks.map((at, i) => ({ at, text: this.#texts[i] ?? "" }));
    return { min, max, log, side, ticks: labelled };
  }

  get texts(): readonly string[] {
    return this.#texts;
  }

  /** The unit that labels are in, which may be a multiple of the one that values are told in. */
  get title(): string {
    return this.#title;
  }

  /** A value as exactly as the axis makes worth reading, with its unit. */
  text(value: number, decimals: number): string {
    return this.#unit.value(value, decimals, this.#scale?.step ?? 0, this.#locale);
  }

  #measureIn(text = ""): void {
    const known = text === "" ? none : units.code?.unitOf(text);
    if (known ? known === this.#unit : this.#unit.symbol === text) return;
    // Until its unit is known, a number is followed by the name of it.
    this.#unit = known ?? plainUnit(text);
    this.#key = "";
    this.reset();
  }

  // Made for each drawing, texts would cost more than lines.
  #label(): void {
    const { ticks, step } = this.#scale!;
    const key = `${this.#unit.symbol} ${this.#locale} ${step} ${ticks}`;
    if (key === this.#key) return;
    this.#key = key;
    const { texts, title } = this.#unit.axis(ticks, step, this.#locale);
    this.#texts = texts;
    this.#title = title;
  }
}
