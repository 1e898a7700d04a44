import { decimal, type Round } from "../round.ts";
import { binary, clock } from "./counting.ts";
import {
  decimalsOf,
  type NumberStyle,
  readableDecimals,
  tickTexts,
  valueText,
  withUnit,
} from "./format.ts";
import type { Unit } from "./unit.ts";

/*
 * A unit is a ladder: rungs such as B, KiB, MiB, each with its size in what values are told in. A value
 * stands on the highest rung that is not larger than it; the labels of an axis all stand on one.
 * Spellings of UCUM, OpenTelemetry and Prometheus are understood; what is unknown is a ladder of one
 * rung, and follows the number as it is.
 */

type Rung = { readonly symbol: string; readonly size: number };

type Ladder = {
  readonly round: Round;
  /** Ascending. */
  readonly rungs: readonly Rung[];
  /** The rung without a prefix. */
  readonly base: Rung;
  readonly style?: NumberStyle;
  /** Of what is counted in time: how large a second is. */
  readonly second?: number;
};

/** Longer ones would leave no room for what they are the unit of. */
const maxSymbol = 24;
/** Units come with the data; beyond this many they are worked out again. */
const maxUnits = 500;
const units = new Map<string, Unit>();

/** The unit of a text as a source or an attribute has it. */
export function unitOf(text = ""): Unit {
  let unit = units.get(text);
  if (!unit) {
    if (units.size >= maxUnits) units.clear();
    unit = makeUnit(ladderOf(text));
    units.set(text, unit);
  }
  return unit;
}

/** Words of more than three letters are in lower case and without the s of a plural. */
const spellings = new Map(
  [
    " 1",
    "B By byte octet",
    "bit bit",
    "s sec second",
    "ms msec millisecond",
    "µs us μs usec microsecond",
    "ns nsec nanosecond",
    "min minute",
    "h hr hour",
    "d day",
    "% pct percent",
    "°C Cel ºC ℃ degc celsiu",
    "°F ºF ℉ degf [degf] fahrenheit",
    "K kelvin",
    "Ω \u2126 ohm",
    "V volt",
    "A amp ampere",
    "W watt",
    "J joule",
    "Hz hertz",
    "m meter metre",
    "g gram",
    "EUR €",
    "GBP £",
    "JPY ¥",
    "USD $",
  ].flatMap((line) => {
    const [symbol = "", ...words] = line.split(" ");
    return words.map((word) => [word, symbol] as const);
  }),
);

function spelled(text: string): string {
  const word = text.trim().replace(/[{}]/g, "");
  const long = word.length > 3 ? word.toLowerCase().replace(/s$/, "") : word;
  return spellings.get(long) ?? (seconds[long] ? long : word);
}

const seconds: Record<string, number> = {
  ...{ ns: 1e-9, µs: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600, d: 86_400 },
};
const prefixes = ["p", "n", "µ", "m", "", "k", "M", "G", "T", "P", "E"];
const plain = prefixes.indexOf("");
const prefixed = /^([pnuµμmkKMGTPE]?)(W|Wh|V|VA|var|A|Ah|Hz|J|Pa|Ω|eV|Bq|Sv|B|bit)$/;
/** Of these there are no parts. */
const whole = new Set(["B", "bit", "Hz"]);

function ladderOf(text: string): Ladder {
  const bps = text.replace(
    /^([kMGTPE]i?)?([bB])ps$/,
    (_, prefix = "", b: string) => `${prefix}${b === "b" ? "bit" : "B"}/s`,
  );
  const slash = bps.includes("/") ? bps.indexOf("/") : bps.length;
  const name = spelled(bps.slice(0, slash));
  const per = slash < bps.length ? `/${spelled(bps.slice(slash + 1))}` : "";
  if (name === "%" || name === "ratio") return percent(name === "%" ? 1 : 0.01, per);
  const time = seconds[name];
  if (time !== undefined && per === "") return clockLadder(time);
  if (time !== undefined && time <= 1)
    return decimalLadder("s", Math.round(Math.log10(time) / 3), per, 1, plain + 1);
  const bytes = /^([KMGTPE]i)?(B|bit)$/.exec(name);
  if (bytes && (bytes[1] || bytes[2] === "B")) return binaryLadder(bytes[2]!, bytes[1] ?? "", per);
  const si = prefixed.exec(name);
  if (si) {
    const prefix = si[1]!.replace("K", "k").replace(/[uμ]/, "µ");
    const told = prefixes.indexOf(prefix) - plain;
    return decimalLadder(si[2]!, told, per, whole.has(si[2]!) ? plain : 0);
  }
  const currency = /^[A-Z]{3}$/.test(name) && Intl.supportedValuesOf("currency").includes(name);
  if (currency) return single(per, { style: "currency", currency: name });
  return single(`${name}${per}`.slice(0, maxSymbol));
}

function single(symbol: string, style?: NumberStyle, size = 1): Ladder {
  const base = { symbol, size };
  return { round: decimal, rungs: [base], base, ...(style && { style }) };
}

function percent(size: number, per: string): Ladder {
  return single(per, { style: "unit", unit: "percent" }, size);
}

function decimalLadder(
  symbol: string,
  told: number,
  per: string,
  from: number,
  to = prefixes.length,
): Ladder {
  const rungs = prefixes.map((prefix, i) => ({
    symbol: prefix + symbol + per,
    size: Number(`1e${3 * (i - plain - told)}`),
  }));
  return { round: decimal, rungs: rungs.slice(from, to), base: rungs[plain]! };
}

function binaryLadder(symbol: string, told: string, per: string): Ladder {
  const steps = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
  const rungs = steps.map((prefix, i) => ({
    symbol: prefix + symbol + per,
    size: 1024 ** (i - steps.indexOf(told)),
  }));
  return { round: binary, rungs, base: rungs[0]! };
}

function clockLadder(told: number): Ladder {
  const rungs = Object.entries(seconds).map(([symbol, size]) => ({ symbol, size: size / told }));
  const base = rungs.find(({ symbol }) => symbol === "s")!;
  return { round: clock(told), rungs, base, second: base.size };
}

function makeUnit(ladder: Ladder): Unit {
  const { base, round, style } = ladder;
  return {
    round,
    symbol: signOf(style) + base.symbol,
    axis(ticks, step, locale) {
      if (step === 0) {
        const texts = ticks.map((tick) => loneTick(ladder, tick, locale));
        return { texts, title: signOf(style, locale) + base.symbol };
      }
      const { symbol, size } = axisRung(ladder, ticks, step);
      const texts = tickTexts(
        ticks.map((tick) => tick / size),
        step / size,
        locale,
      );
      return { texts, title: signOf(style, locale) + symbol };
    },
    value: (value, decimals, step, locale) =>
      ladderText(ladder, value, decimals, step || Math.abs(value) || 1, locale),
  };
}

/** What `Intl` writes beside a number, for a title. */
function signOf(style: NumberStyle | undefined, locale?: string): string {
  return style ? valueText(0, 0, locale, style).replace(/[\p{Nd}\s]/gu, "") : "";
}

/** The highest rung that is not larger; the one without a prefix for what is beyond all of them. */
function rungFor({ rungs, base }: Ladder, size: number): Rung {
  if (size < rungs[0]!.size * (1 - hair) || size >= rungs.at(-1)!.size * beyond) return base;
  return rungs.findLast((rung) => rung.size <= size * (1 + hair))!;
}

/** Floats that were divided are nearly what they should be. */
const hair = 1e-9;
/** This many of the largest that there is are better written as a power of ten. */
const beyond = 1e6;

/**
 * By the step, so that labels are whole numbers; but larger where that gives numbers above a thousand,
 * if a few digits after the point are enough. Of minutes and more there are no decimal parts.
 */
function axisRung(ladder: Ladder, ticks: readonly number[], step: number): Rung {
  const { rungs, second = Number.POSITIVE_INFINITY } = ladder;
  const size = Math.max(...ticks.map(Math.abs));
  if (rungFor(ladder, size) === ladder.base) return ladder.base;
  let at = Math.max(
    0,
    rungs.findLastIndex((rung) => rung.size <= step * (1 + hair)),
  );
  for (let next = rungs[at + 1]; next && next.size <= second; next = rungs[at + 1]) {
    if (size <= next.size * (1 + hair) || decimalsOf(step / next.size) > 3) break;
    at++;
  }
  return rungs[at]!;
}

/** A tick that shares nothing with its neighbours. */
function loneTick(ladder: Ladder, tick: number, locale?: string): string {
  const { base, rungs, style, second = Number.POSITIVE_INFINITY } = ladder;
  const found = rungFor(ladder, Math.abs(tick));
  const { size, symbol } = found.size > second ? base : found;
  const [text] = tickTexts([tick / size], Math.abs(tick / size) || 1, locale);
  return rungs.length === 1 || style ? text! : withUnit(text!, symbol);
}

function ladderText(
  ladder: Ladder,
  value: number,
  decimals: number,
  step: number,
  locale?: string,
): string {
  const { style, second, base } = ladder;
  const digitsAt = (size: number) => {
    const told = Math.max(0, decimals + Math.ceil(Math.log10(size) - hair));
    const digits = readableDecimals(step / size, told);
    // Nobody writes tenths of a euro.
    return style?.currency && digits === 1 ? 2 : digits;
  };
  if (second !== undefined && Math.abs(value) >= 60 * second * (1 - hair)) {
    return timeText(value / second, step / second, digitsAt(second), locale);
  }
  const { symbol, size } = value === 0 ? base : rungFor(ladder, Math.abs(value));
  return withUnit(valueText(value / size, digitsAt(size), locale, style), symbol);
}

/** `1 h 5 min`: as finely as a tenth of a step, in parts of which the first is not zero. */
function timeText(value: number, step: number, digits: number, locale?: string): string {
  const parts = ["d", "h", "min", "s"].map((symbol) => [symbol, seconds[symbol]!] as const);
  // More days than calendars have: their hours are beyond what a float can tell.
  const fine = Math.abs(value) > 1e11 ? Number.POSITIVE_INFINITY : step / 10;
  const finest = parts.find(([, size]) => size <= fine)?.[1] ?? 1;
  const decimals = finest === 1 ? Math.max(0, digits - 1) : 0;
  const grain = finest / 10 ** decimals;
  let rest = Math.round(Math.abs(value) / grain) * grain;
  const texts: string[] = [];
  for (const [symbol, size] of parts) {
    if (size < finest) break;
    const count = size === finest ? rest / size : Math.floor(rest / size + hair);
    rest = Math.max(0, rest - count * size);
    if (count === 0 && texts.length === 0) continue;
    const signed = texts.length === 0 && value < 0 ? -count : count;
    texts.push(withUnit(valueText(signed, size === finest ? decimals : 0, locale), symbol));
  }
  return texts.join("\u00a0");
}
