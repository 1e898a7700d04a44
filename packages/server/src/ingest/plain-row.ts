import { intDigits, numberOf } from "./number.ts";
import type { NamedSeries } from "./series-names.ts";

const minus = 45;
const dot = 46;
const zero = 48;

/** What the values of a row are called, again and again. Each name is looked up once. */
export class RowNames {
  readonly names: readonly string[];
  /** The value at this place is the time of the row and no value; -1 if none is. */
  readonly timeAt: number;
  /** What the collector has found for each name. */
  readonly found: (NamedSeries | undefined)[];

  constructor(names: readonly string[], timeAt: number) {
    this.names = names;
    this.timeAt = timeAt;
    this.found = names.map(() => undefined);
  }
}

/**
 * Reads a line of which each field is a few digits, perhaps with a sign and a point, as nearly all
 * are. Returns false, and what is in `into` then means nothing, for any other line: it must be looked
 * at more closely. The fields before `first` have been read already.
 *
 * It goes over the codes of a piece once, and nothing is cut out or remembered of a field but its
 * number. The numbers are those of `parseShort`.
 */
export function readPlainRow(
  codes: Uint16Array,
  from: number,
  to: number,
  delimiter: number,
  into: Float64Array,
  first = 0,
): boolean {
  let at = from;
  for (let field = first; field < into.length; field++) {
    const isNegative = codes[at] === minus;
    if (isNegative) at++;
    let digits = 0;
    let point = -1;
    let top = 0;
    let rest = 0;
    for (; at < to; at++) {
      const digit = codes[at]! - zero;
      if (digit >= 0 && digit <= 9) {
        if (digits === intDigits) {
          top = rest;
          rest = 0;
        }
        rest = (rest * 10 + digit) | 0;
        digits++;
      } else if (digit === dot - zero && point < 0) point = digits;
      else break;
    }
    const value = numberOf(top, rest, digits, point < 0 ? 0 : digits - point);
    if (Number.isNaN(value)) return false;
    into[field] = isNegative ? -value : value;
    const isLast = field === into.length - 1;
    if (isLast ? at !== to : codes[at] !== delimiter || at >= to) return false;
    at++;
  }
  return true;
}
