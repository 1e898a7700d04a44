import { epochToMs, type Zone } from "@plotcast/protocol";
import type { TimeFormat } from "./plain-options.ts";
import type { SourceZone } from "./source-zone.ts";
import { instantNear, nearest } from "./zone.ts";

/**
 * A time as found in the events of plain endpoints. `stepMs` is how coarse its notation is: samples
 * within one step have the same text. 0: fine enough that equal times mean the same sample.
 */
export type PlainTime = {
  readonly ms: number;
  readonly stepMs: number;
  readonly format: TimeFormat;
};

/** What is known beforehand. `now` is when it arrived; without `format` it is guessed. */
export type TimeRules = {
  readonly now: number;
  readonly zone: SourceZone;
  readonly format?: TimeFormat;
};

const secondMs = 1000;
const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;
/** The year 9999 means "never"; and after a sample from then, no other would be the newest. */
const neverMs = Date.UTC(3000, 0);

const numeric = /^\d+(\.\d+)?$/;
const date = /(\d{4})[-/](\d\d?)[-/](\d\d?)/;
const clock = /(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?/;
const zone = /\s*(Z|UTC|GMT|[+-]\d\d:?(?:\d\d)?)?/;
const full = new RegExp(`^${date.source}(?:(?:[T ]|, )${clock.source}${zone.source})?$`, "i");
const timeOfDay = new RegExp(`^${clock.source}(?:\\s*(AM|PM))?$`, "i");
const minutes = /^(\d\d?):(\d\d)(?:[.,](\d+))?$/;
/** As `Date.prototype.toUTCString` and Python's `jsonify` write it. */
const httpDate = /^[a-z]{3}, \d\d [a-z]{3} \d{4} \d\d:\d\d:\d\d GMT$/i;

/** Of Unix times, how many of their units are a millisecond. */
const perMs: Partial<Record<TimeFormat, number>> = {
  "unix-s": 1e-3,
  "unix-ms": 1,
  "unix-us": 1e3,
  "unix-ns": 1e6,
};

/**
 * Reads a time; undefined if it is none, or not of the format that was told.
 *
 * Understood are Unix time in s, ms, µs or ns, told apart by size; ISO 8601 and its relatives
 * (`2026-01-31 12:00:00`), in the source's zone if they name none; and times of day, of the day
 * nearest to now. `14:05` may be hours and minutes or, as some copies of the tutorial send it,
 * minutes and seconds: whichever is nearer to now. No time is beyond the year 3000.
 */
export function parsePlainTime(value: unknown, rules: TimeRules): PlainTime | undefined {
  const time = readTime(value, rules);
  return time && time.ms < neverMs ? time : undefined;
}

function readTime(value: unknown, rules: TimeRules): PlainTime | undefined {
  const { format } = rules;
  const text = typeof value === "string" ? value.trim() : "";
  const isNumber = typeof value === "number" || numeric.test(text);
  if (format === undefined ? isNumber : format in perMs) {
    return isNumber ? fromEpoch(Number(value), format) : undefined;
  }
  if (text === "" || isNumber) return undefined;
  if (format === undefined || format === "iso") {
    const found = fromDate(text, rules);
    if (found || format === "iso") return found;
  }
  const times = [
    format === "mm:ss" ? undefined : fromTimeOfDay(text, rules),
    format === "time-of-day" ? undefined : fromMinutes(text, rules),
  ].flatMap((time) => time ?? []);
  const ms = nearest(
    times.map((time) => time.ms),
    rules.now,
  );
  return times.find((time) => time.ms === ms);
}

/** Whether a time is a time of day only: the date must come from elsewhere. */
export function isTimeOfDay(text: string): boolean {
  return timeOfDay.test(text.trim());
}

function fromEpoch(value: number, told: TimeFormat | undefined): PlainTime | undefined {
  const guessed = value >= 0 ? epochToMs(value) : undefined;
  const ms = told === undefined ? guessed : micros(value / perMs[told]!);
  if (ms === undefined || !Number.isFinite(ms)) return undefined;
  const format = told ?? formatOf(value);
  const stepMs = format === "unix-s" && Number.isInteger(value) ? secondMs : 0;
  return { ms, stepMs, format };
}

/** As `epochToMs` tells them apart. */
function formatOf(value: number): TimeFormat {
  if (value < 1e11) return "unix-s";
  if (value < 1e14) return "unix-ms";
  return value < 1e17 ? "unix-us" : "unix-ns";
}

function fromDate(text: string, rules: TimeRules): PlainTime | undefined {
  const format = "iso";
  if (httpDate.test(text)) return valid({ ms: Date.parse(text), stepMs: secondMs, format });
  const match = full.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zoneText] = match;
  const time = [Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0)] as const;
  const ymd = [Number(year), Number(month) - 1, Number(day)] as const;
  // `Date` would make the 31st of February the 3rd of March.
  const lastDay = new Date(Date.UTC(ymd[0], ymd[1] + 1, 0)).getUTCDate();
  if (ymd[0] < 1000 || ymd[1] < 0 || ymd[1] > 11 || ymd[2] < 1 || ymd[2] > lastDay)
    return undefined;
  if (time[0] > 23 || time[1] > 59 || time[2] > 60) return undefined;
  const local = Date.UTC(...ymd, ...time);
  const whole =
    zoneText === undefined
      ? rules.zone.place((there) => instantNear(local, there, rules.now), rules.now)
      : local - zoneMs(zoneText);
  const stepMs = hour === undefined ? dayMs : stepOf(second, fraction);
  return valid({ ms: whole + fractionMs(fraction), stepMs, format });
}

function fromTimeOfDay(text: string, { now, zone }: TimeRules): PlainTime | undefined {
  const match = timeOfDay.exec(text);
  if (!match) return undefined;
  const [, first, second, third, fraction, half] = match;
  const hour = half === undefined ? Number(first) : toHour(Number(first), half);
  const time = [hour ?? 24, Number(second), Number(third ?? 0)] as const;
  if (time[0] > 23 || time[1] > 59 || time[2] > 60) return undefined;
  const ofDay = time[0] * hourMs + time[1] * minuteMs + time[2] * secondMs;
  const ms = zone.place((there) => nearestIn(dayMs, ofDay, there, now), now);
  return { ms: ms + fractionMs(fraction), stepMs: stepOf(third, fraction), format: "time-of-day" };
}

function fromMinutes(text: string, { now, zone }: TimeRules): PlainTime | undefined {
  const match = minutes.exec(text);
  if (!match) return undefined;
  const [, minute, second, fraction] = match;
  if (Number(minute) > 59 || Number(second) > 60) return undefined;
  const ofHour = Number(minute) * minuteMs + Number(second) * secondMs;
  const ms = zone.place((there) => nearestIn(hourMs, ofHour, there, now), now);
  return { ms: ms + fractionMs(fraction), stepMs: stepOf(second, fraction), format: "mm:ss" };
}

/** The instant nearest to now at which clocks are this far into a day, or into an hour. */
function nearestIn(periodMs: number, intoMs: number, zone: Zone, now: number): number {
  const start = Math.floor((now + zone(now)) / periodMs) * periodMs;
  const times = [-1, 0, 1].map((n) => instantNear(start + n * periodMs + intoMs, zone, now));
  return nearest(times, now)!;
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

function micros(ms: number): number {
  return Math.round(ms * 1e3) / 1e3;
}

function zoneMs(text: string): number {
  const match = /^([+-])(\d\d):?(\d\d)?$/.exec(text);
  if (!match) return 0;
  const total = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return (match[1] === "-" ? -total : total) * minuteMs;
}

function valid(time: PlainTime): PlainTime | undefined {
  return Number.isFinite(time.ms) ? time : undefined;
}
