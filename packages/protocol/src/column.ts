/**
 * Exact text for a column of float64s.
 *
 *   [3, 1700000000123000, 1000000, null, 999000]     decimals: first a whole number, then differences,
 *    └ exponent           └ + 1.000 s    └ unknown   in units of 10^-3; null is skipped over
 *   [-1, 0.1, -0, 5e-324]                            raw: each number as JavaScript writes it
 *
 * Most columns are decimals with few digits, and their differences are small whole numbers: a third
 * of the bytes before compression. Whole numbers up to 2^52 have exact differences, and dividing one
 * by a power of ten gives the very float64 that the decimal text stands for. The encoder proves this
 * for every value and falls back to raw, so nothing is ever rounded.
 */

const raw = -1;
const maxExponent = 9;
const maxWhole = 2 ** 52;

/** The smallest exponent at which every value is a whole number, exactly; -1 if there is none. */
export function columnExponent(values: readonly (number | null)[]): number {
  let exponent = 0;
  for (const value of values) {
    if (value === null) continue;
    while (!isWhole(value, exponent)) if (++exponent > maxExponent) return raw;
  }
  // A larger exponent that one value needed may be too large for one before it.
  const fits = values.every((value) => value === null || isWhole(value, exponent));
  return fits ? exponent : raw;
}

function isWhole(value: number, exponent: number): boolean {
  const scale = 10 ** exponent;
  const whole = Math.round(value * scale);
  return Math.abs(whole) <= maxWhole && Object.is(whole / scale, value);
}

/** The numbers of a column without the exponent in front, separated by commas. */
export function columnText(values: readonly (number | null)[], exponent: number): string {
  let text = "";
  let last = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (i > 0) text += ",";
    if (value === null) {
      text += "null";
    } else if (exponent === raw) {
      // The only number that JavaScript does not write back as it is.
      text += Object.is(value, -0) ? "-0" : String(value);
    } else {
      const whole = Math.round(value * 10 ** exponent);
      text += String(whole - last);
      last = whole;
    }
  }
  return text;
}

/** Reads what `columnText` wrote, as JSON has parsed it. `encoded` holds no exponent. */
export function readColumn(
  encoded: readonly (number | null)[],
  exponent: number,
): (number | null)[] {
  if (exponent === raw) return [...encoded];
  const scale = 10 ** exponent;
  let whole = 0;
  return encoded.map((delta) => {
    if (delta === null) return null;
    whole += delta;
    return whole / scale;
  });
}
