const minus = 45;
const dot = 46;
const zero = 48;

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const quantity = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(.+)$/;

// Only what is surely a unit: `3M` and `5k` are three million and five thousand, and dropping the
// letter would draw them as 3 and 5; `1abc` is no number at all.
const unit = new RegExp(
  `^(?:${[
    "%|‰|°|°?[CF]|°K|rpm|fps|dB[mi]?|lu?x|pp[mb]|[mL]?l|Ω|ohm",
    "[mnpuµμ]?s|secs?|seconds?|mins?|minutes?|h|hours?|d|days?",
    "[kKMGTP]?i?(?:B|bytes?|bits?|b)(?:/s|ps)?|bps",
    "[kMG]?Hz|[mkuµμ]?[VAW]|[kM]?Wh|[hkM]?Pa|m?bar|[mkuµμ]?g|[kcmnuµμ]?m|(?:km|mi?)/[hs]",
    "(?:req|ops?|rows|msgs?|pkts?|packets?)/s",
  ].join("|")})$`,
);

/** A decimal number and nothing else. Undefined for any other text, and for what float64 cannot hold. */
export function parseNumber(text: string): number | undefined {
  const short = parseShort(text, 0, text.length);
  if (short !== undefined) return short;
  if (!decimal.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

// Of more digits the sum below could be rounded twice, and end as an integer that looks exact.
const maxDigits = 16;
const powersOfTen = Float64Array.from({ length: maxDigits + 1 }, (_, exponent) => 10 ** exponent);

/**
 * The number between two places of a text, if it is what most are: a few digits, perhaps with a sign
 * and a point. Undefined for all other text, of which `parseNumber` knows more.
 *
 * Several times as fast, and with the same result: the integer and the power of ten are exact,
 * so their quotient is the float64 nearest to what was written.
 */
export function parseShort(text: string, from: number, to: number): number | undefined {
  if (to - from > maxDigits + 2) return undefined;
  const isNegative = text.charCodeAt(from) === minus;
  let digits = 0;
  let point = -1;
  let integer = 0;
  for (let i = isNegative ? from + 1 : from; i < to; i++) {
    const digit = text.charCodeAt(i) - zero;
    if (digit >= 0 && digit <= 9) {
      integer = integer * 10 + digit;
      digits++;
    } else if (digit === dot - zero && point < 0) point = digits;
    else return undefined;
  }
  if (digits === 0 || digits > maxDigits || integer > Number.MAX_SAFE_INTEGER) return undefined;
  const value = point < 0 ? integer : integer / powersOfTen[digits - point]!;
  return isNegative ? -value : value;
}

/** So many digits make an int32, with which a machine counts faster than with float64. */
export const intDigits = 9;

/**
 * The number with these digits: the first of them, if there are more than nine, and the rest. NaN for
 * what `parseShort` leaves to others.
 */
export function numberOf(first: number, rest: number, digits: number, decimals: number): number {
  if (digits === 0 || digits > maxDigits) return Number.NaN;
  const integer = digits > intDigits ? first * powersOfTen[digits - intDigits]! + rest : rest;
  if (integer > Number.MAX_SAFE_INTEGER) return Number.NaN;
  return decimals === 0 ? integer : integer / powersOfTen[decimals]!;
}

/** A number that may carry a unit: `12ms`, `45%`. The unit is passed over. */
export function parseQuantity(text: string): number | undefined {
  const plain = parseNumber(text);
  if (plain !== undefined) return plain;
  const match = quantity.exec(text);
  return match && isUnit(match[2]!) ? parseNumber(match[1]!) : undefined;
}

export function isUnit(text: string): boolean {
  return text.length <= 10 && unit.test(text);
}
