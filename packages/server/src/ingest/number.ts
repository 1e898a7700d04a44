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
  if (!decimal.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
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
