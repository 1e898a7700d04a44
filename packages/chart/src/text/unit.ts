import { decimal, type Round } from "../round.ts";
import { readableDecimals, tickTexts, valueText, withUnit } from "./format.ts";

/** What values are measured in: which numbers are round in it, and how they are written. */
export type Unit = {
  readonly round: Round;
  /** Without any prefix, for the title of an axis that has no values yet. */
  readonly symbol: string;
  /**
   * The labels of an axis with ticks `step` apart. They share a prefix, and the title has it. On a
   * logarithmic axis (`step` 0) each label has its own.
   */
  readonly axis: (ticks: readonly number[], step: number, locale?: string) => AxisTexts;
  /**
   * One value, as exactly as an axis with ticks `step` apart makes worth reading (0: by itself), and
   * no more exactly than with the `decimals` that it was told with.
   */
  readonly value: (value: number, decimals: number, step: number, locale?: string) => string;
};

export type AxisTexts = { readonly texts: readonly string[]; readonly title: string };

/** A unit of which nothing is known but what it is called: it follows the number as it is. */
export function plainUnit(symbol = ""): Unit {
  return {
    round: decimal,
    symbol,
    axis(ticks, step, locale) {
      const each = (tick: number) => tickTexts([tick], Math.abs(tick) || 1, locale)[0]!;
      return {
        texts: step === 0 ? ticks.map(each) : tickTexts(ticks, step, locale),
        title: symbol,
      };
    },
    value(value, decimals, step, locale) {
      const digits = readableDecimals(step || Math.abs(value) || 1, decimals);
      return withUnit(valueText(value, digits, locale), symbol);
    },
  };
}
