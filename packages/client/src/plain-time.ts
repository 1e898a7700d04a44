import { epochToMs } from "@plotcast/protocol";

/**
 * A time as found in the events of plain endpoints. `stepMs` is how coarse its notation is: samples
 * within one step have the same text. 0: fine enough that equal times mean the same sample.
 */
export type PlainTime = { readonly ms: number; readonly stepMs: number };

const secondMs = 1000;
const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;

const numeric = /^\d+(\.\d+)?$/;
const date = /(\d{4})[-/](\d\d?)[-/](\d\d?)/;
const clock = /(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?/;
const zone = /\s*(Z|UTC|GMT|[+-]\d\d:?(?:\d\d)?)?/;
const full = new RegExp(`^${date.source}(?:(?:[T ]|, )${clock.source}${zone.source})?$`, "i");
const timeOfDay = new RegExp(`^${clock.source}(?:\\s*(AM|PM))?$`, "i");
/** As `Date.prototype.toUTCString` and Python's `jsonify` write it. */
const httpDate = /^[a-z]{3}, \d\d [a-z]{3} \d{4} \d\d:\d\d:\d\d GMT$/i;

/**
 * Reads a time; undefined if it is none. `now` places what has no date.
 *
 * Understood are Unix time in s, ms, µs or ns, told apart by size; ISO 8601 and its relatives
 * (`2026-01-31 12:00:00`), local time if they name no zone; and times of day, of the day nearest to
 * now. `14:05` may be hours and minutes or, as some copies of the tutorial send it, minutes and
 * seconds: whichever is nearer to now.
 */
export function parsePlainTime(value: unknown, now: number): PlainTime | undefined {
  if (typeof value === "number") return fromEpoch(value);
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  if (numeric.test(text)) return fromEpoch(Number(text));
  if (httpDate.test(text)) return valid(Date.parse(text), secondMs);
  return fromFull(full.exec(text)) ?? fromTimeOfDay(timeOfDay.exec(text), now);
}

/** Whether a time is a time of day only: the date must come from elsewhere. */
export function isTimeOfDay(text: string): boolean {
  return timeOfDay.test(text.trim());
}

function fromEpoch(value: number): PlainTime | undefined {
  const ms = value >= 0 ? epochToMs(value) : undefined;
  if (ms === undefined) return undefined;
  // Below this they are seconds.
  return { ms, stepMs: value < 1e11 && Number.isInteger(value) ? secondMs : 0 };
}

function fromFull(match: RegExpExecArray | null): PlainTime | undefined {
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zoneText] = match;
  const time = [Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0)] as const;
  const ymd = [Number(year), Number(month) - 1, Number(day)] as const;
  // `Date` would make the 31st of February the 3rd of March.
  const lastDay = new Date(Date.UTC(ymd[0], ymd[1] + 1, 0)).getUTCDate();
  if (ymd[0] < 1000 || ymd[1] < 0 || ymd[1] > 11 || ymd[2] < 1 || ymd[2] > lastDay)
    return undefined;
  if (time[0] > 23 || time[1] > 59 || time[2] > 60) return undefined;
  const whole =
    zoneText === undefined
      ? new Date(...ymd, ...time).getTime()
      : Date.UTC(...ymd, ...time) - zoneMs(zoneText);
  const stepMs = hour === undefined ? dayMs : stepOf(second, fraction);
  return valid(whole + fractionMs(fraction), stepMs);
}

function fromTimeOfDay(match: RegExpExecArray | null, now: number): PlainTime | undefined {
  if (!match) return undefined;
  const [, first, second, third, fraction, half] = match;
  const [a, b] = [Number(first), Number(second)];
  const stepMs = stepOf(third, fraction);
  const found: PlainTime[] = [];
  const hour = half === undefined ? a : toHour(a, half);
  if (hour !== undefined && hour < 24 && b < 60 && Number(third ?? 0) < 61) {
    for (const days of [-1, 0, 1]) {
      const today = new Date(now);
      today.setDate(today.getDate() + days);
      today.setHours(hour, b, Number(third ?? 0), 0);
      found.push({ ms: today.getTime() + fractionMs(fraction), stepMs });
    }
  }
  if (third === undefined && half === undefined && a < 60 && b < 61) {
    const thisHour = new Date(now).setMinutes(a, b, 0);
    for (const hours of [-1, 0, 1]) {
      found.push({ ms: thisHour + hours * hourMs, stepMs: secondMs });
    }
  }
  return found.reduce<PlainTime | undefined>(
    (best, next) => (best && distance(best, now) <= distance(next, now) ? best : next),
    undefined,
  );
}

function distance({ ms }: PlainTime, now: number): number {
  return Math.abs(ms - now);
}

function toHour(hour: number, half: string): number | undefined {
  if (hour < 1 || hour > 12) return undefined;
  return (hour % 12) + (half.toUpperCase() === "PM" ? 12 : 0);
}

function stepOf(second: string | undefined, fraction: string | undefined): number {
  if (fraction !== undefined) return 0;
  return second === undefined ? minuteMs : secondMs;
}

/** Microseconds are kept, what is finer is beyond a float64 of milliseconds. */
function fractionMs(fraction = ""): number {
  return Number(fraction.slice(0, 6).padEnd(6, "0")) / 1000;
}

function zoneMs(text: string): number {
  const match = /^([+-])(\d\d):?(\d\d)?$/.exec(text);
  if (!match) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return (match[1] === "-" ? -minutes : minutes) * minuteMs;
}

function valid(ms: number, stepMs: number): PlainTime | undefined {
  return Number.isFinite(ms) ? { ms, stepMs } : undefined;
}
