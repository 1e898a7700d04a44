/**
 * Unix milliseconds of an epoch time in seconds, milliseconds, microseconds or nanoseconds.
 *
 * The magnitude tells which: seconds are below 1e11 until the year 5138. Undefined for what is too
 * small or too large for any of them, such as the 0.045 of a ping.
 */
export function epochToMs(epoch: number): number | undefined {
  const size = Math.abs(epoch);
  if (!(size >= 1e8 && size <= 1e20)) return undefined;
  if (size < 1e11) return micros(epoch * 1e6);
  if (size < 1e14) return micros(epoch * 1e3);
  if (size < 1e17) return micros(epoch);
  return micros(epoch / 1e3);
}

const number = /^[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?$/;

/** Unix milliseconds of an epoch time or an ISO 8601 time. Undefined for anything else. */
export function parseTime(text: string): number | undefined {
  return number.test(text) ? epochToMs(Number(text)) : parseIsoTime(text);
}

const iso =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)? ?(Z|z|UTC|[+-]\d\d(?::?\d\d)?)?)?$/;

/** ISO 8601, `T` or a space in the middle. Without a zone it is local time, as people write it. */
export function parseIsoTime(text: string): number | undefined {
  const match = iso.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour = "00", minute = "00", second = "00", fraction = "0", zone] =
    match;
  const date = [Number(year), Number(month), Number(day)] as const;
  const clock = [Number(hour), Number(minute), Number(second)] as const;
  if (date[2] < 1 || date[2] > daysIn(date[0], date[1])) return undefined;
  if (clock[0] > 23 || clock[1] > 59 || clock[2] > 59) return undefined;
  const ms = zone === undefined ? localMs(date, clock) : utcMs(date, clock) - offsetMs(zone);
  const time = micros(ms * 1e3 + Math.round(Number(`0.${fraction}`) * 1e6));
  return Number.isNaN(time) ? undefined : time;
}

type Three = readonly [number, number, number];

function utcMs([year, month, day]: Three, [hour, minute, second]: Three): number {
  // Date takes years below 100 for those of the 20th century; the calendar repeats every 400 years.
  const cycle = year < 100 ? 400 * 365.2425 * 86_400_000 : 0;
  return Date.UTC(cycle > 0 ? year + 400 : year, month - 1, day, hour, minute, second) - cycle;
}

function localMs([year, month, day]: Three, [hour, minute, second]: Three): number {
  const date = new Date(year, month - 1, day, hour, minute, second);
  if (year < 100) date.setFullYear(year);
  return date.getTime();
}

/** 0 for what is no month. */
function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
}

function offsetMs(zone: string): number {
  if (!/^[+-]/.test(zone)) return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2)) * (zone.length > 3 ? 1 : 0);
  if (hours > 23 || minutes > 59) return Number.NaN;
  return (zone[0] === "-" ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** Whole microseconds as milliseconds: the float64 nearest to what was written. */
function micros(value: number): number {
  return Math.round(value) / 1e3;
}
