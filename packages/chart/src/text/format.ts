/** How numbers and times are written. Locale and zone are parameters; their defaults, the reader's. */

const superscript: Record<string, string> = Object.fromEntries(
  [..."⁰¹²³⁴⁵⁶⁷⁸⁹"].map((digit, i) => [String(i), digit]),
);
superscript["-"] = "⁻";

const largest = 1e15;
const smallest = 1e-4;
const numberFormats = new Map<string, Intl.NumberFormat>();

/** The labels of an axis whose ticks are `step` apart: as many digits as tell them apart. */
export function tickTexts(ticks: readonly number[], step: number, locale?: string): string[] {
  const size = Math.max(...ticks.map(Math.abs));
  if (size >= largest || size < smallest) {
    return ticks.map((value) => scientific(value, digitsOf(size / step), locale));
  }
  const unit = 1000 ** Math.floor(Math.log10(size) / 3);
  if (size >= 1e4 && step / unit >= 0.009) {
    return ticks.map((value) => {
      const own = 1000 ** Math.max(0, Math.floor(Math.log10(Math.abs(value) || 1) / 3 + 1e-9));
      const digits = decimalsOf(step / own);
      return numberFormat(digits, "compact", locale).format(value);
    });
  }
  const digits = Math.min(20, decimalsOf(step));
  return ticks.map((value) => numberFormat(digits, "standard", locale).format(value));
}

/** What `Intl` writes around a number: the sign of a currency, of a percentage. */
export type NumberStyle = Pick<Intl.NumberFormatOptions, "style" | "unit" | "currency">;

/** One value, with a fixed number of digits after the point, so that its width does not dance. */
export function valueText(
  value: number,
  decimals: number,
  locale?: string,
  style?: NumberStyle,
): string {
  const size = Math.abs(value);
  if (value !== 0 && (size >= largest || size < smallest)) {
    const text = scientific(value, 4, locale);
    return style ? `${text}\u00a0${style.currency ?? "%"}` : text;
  }
  return numberFormat(decimals, "standard", locale, style).format(value);
}

/** `21.4 °C`, `37%`, `12/s`: signs follow without a space, other units with one that never breaks. */
export function withUnit(text: string, unit: string | undefined): string {
  if (unit === undefined || unit === "") return text;
  return /^[%°/](?![CF])/.test(unit) ? `${text}${unit}` : `${text}\u00a0${unit}`;
}

/** Digits after the point worth reading on an axis with ticks `step` apart, if values have so many. */
export function readableDecimals(step: number, decimals: number): number {
  return Math.min(decimals, 20, Math.max(0, Math.ceil(-Math.log10(step)) + 2));
}

/** `14 s`, `3 min`, `2 h 5 min`, `4 d`: how long something has lasted. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds}\u00a0s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}\u00a0min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.floor(hours / 24)}\u00a0d`;
  return minutes % 60 === 0 ? `${hours}\u00a0h` : `${hours}\u00a0h ${minutes % 60}\u00a0min`;
}

function scientific(value: number, digits: number, locale?: string): string {
  if (value === 0) return "0";
  const [mantissa, exponent] = value.toExponential(Math.max(0, Math.min(4, digits) - 1)).split("e");
  const number = numberFormat(4, "short", locale).format(Number(mantissa));
  const power = exponent!.replace("+", "").replace(/[-\d]/g, (digit) => superscript[digit]!);
  return `${number}×10${power}`;
}

function digitsOf(ratio: number): number {
  return Math.ceil(Math.log10(ratio)) + 1;
}

/** Digits after the point that a multiple of `step` needs: 0.25 needs two. */
export function decimalsOf(step: number): number {
  for (let digits = Math.max(0, Math.floor(-Math.log10(step))); digits < 20; digits++) {
    const shifted = step * 10 ** digits;
    if (Math.abs(shifted - Math.round(shifted)) < 1e-6 * shifted) return digits;
  }
  return 20;
}

type Notation = "standard" | "compact" | "short";

function numberFormat(
  digits: number,
  notation: Notation,
  locale?: string,
  style?: NumberStyle,
): Intl.NumberFormat {
  const key = `${locale} ${notation} ${digits} ${style?.currency ?? style?.unit}`;
  let format = numberFormats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale, {
      ...style,
      notation: notation === "compact" ? "compact" : "standard",
      minimumFractionDigits: notation === "standard" ? digits : 0,
      maximumFractionDigits: digits,
    });
    numberFormats.set(key, format);
  }
  return format;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
type AxisStep = { readonly ms: number } | { readonly months: number };
type AxisLabel = (time: number, step: AxisStep, begins: boolean) => string;

/**
 * Labels of a time axis: no finer than its step; the date where a day `begins`, and the year where,
 * with a step of months, a year does. Where labels are less
 * than an hour apart, "AM" and "PM" say nothing that the next label does not, and take half the room.
 */
export function timeLabel(timeZone?: string, locale?: string): AxisLabel {
  return (time, step, begins) => {
    const key = `${timeZone} ${locale} ${"ms" in step ? step.ms : -step.months} ${begins} ${time}`;
    let text = labels.get(key);
    if (text === undefined) {
      if (labels.size >= maxLabels) labels.clear();
      text = labelText(time, step, begins, timeZone, locale);
      labels.set(key, text);
    }
    return text;
  };
}

// The same few ticks are written in each drawing, and writing one costs more than a line.
const labels = new Map<string, string>();
/** Of a page full of charts, for a while. */
const maxLabels = 2000;

function labelText(
  time: number,
  step: AxisStep,
  begins: boolean,
  timeZone: string | undefined,
  locale: string | undefined,
): string {
  if ("months" in step) {
    const whole = begins || step.months >= 12;
    const options = whole ? ({ year: "numeric" } as const) : ({ month: "short" } as const);
    return dateFormat(options, timeZone, locale).format(time);
  }
  if (begins || step.ms >= dayMs) {
    return dateFormat({ month: "short", day: "numeric" }, timeZone, locale).format(time);
  }
  const options: Intl.DateTimeFormatOptions = { hour: "numeric", minute: "2-digit" };
  if (step.ms < 60_000) options.second = "2-digit";
  if (step.ms < 1000) options.fractionalSecondDigits = step.ms >= 100 ? 1 : step.ms >= 10 ? 2 : 3;
  const parts = dateFormat(options, timeZone, locale).formatToParts(time);
  const shown = parts.filter(({ type }) => type !== "dayPeriod" || step.ms >= hourMs);
  return shown
    .map(({ value }) => value)
    .join("")
    .trim();
}

/** Of moments that are longer ago, or further ahead, one wants to know in which year. */
const unambiguousMs = 300 * dayMs;

/** A moment in full, for a tooltip; with milliseconds where samples are closer than a second. */
export function momentText(
  time: number,
  fine: boolean,
  timeZone?: string,
  locale?: string,
  now = Date.now(),
): string {
  const options: Intl.DateTimeFormatOptions = {
    month: "short",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
    second: "2-digit",
  };
  if (fine) options.fractionalSecondDigits = 3;
  if (Math.abs(now - time) > unambiguousMs) options.year = "numeric";
  return dateFormat(options, timeZone, locale).format(time);
}

/** The time of day, for "since 11:03:22". */
export function clockText(time: number, timeZone?: string, locale?: string): string {
  const options = { hour: "numeric", minute: "2-digit", second: "2-digit" } as const;
  return dateFormat(options, timeZone, locale).format(time);
}

// Making one costs a thousand times what using it costs.
const dateFormats = new Map<string, Intl.DateTimeFormat>();

function dateFormat(
  options: Intl.DateTimeFormatOptions,
  timeZone: string | undefined,
  locale: string | undefined,
): Intl.DateTimeFormat {
  const key = `${locale} ${timeZone} ${JSON.stringify(options)}`;
  let format = dateFormats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(locale, timeZone ? { ...options, timeZone } : options);
    dateFormats.set(key, format);
  }
  return format;
}
