/** As JavaScript writes it, which reads back as the very same float64; also negative zero. */
export function numberText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** A number in JSON; what is none (NaN stands for a known absence) is `null`. */
export function numberJson(value: number): string {
  return Number.isFinite(value) ? numberText(value) : "null";
}

/** A number in a table; what is none leaves its cell empty. */
export function numberCell(value: number): string {
  return Number.isFinite(value) ? numberText(value) : "";
}

// The calendar of JavaScript ends here, in both directions.
const maxDateMs = 8.64e15;

/** ISO 8601 in UTC with milliseconds, or microseconds where there are any. */
export function isoTime(time: number): string {
  const whole = Math.floor(time);
  if (Math.abs(whole) >= maxDateMs) return String(time);
  const micros = Math.round((time - whole) * 1000);
  const text = new Date(micros === 1000 ? whole + 1 : whole).toISOString();
  return micros % 1000 === 0 ? text : text.replace("Z", `${String(micros).padStart(3, "0")}Z`);
}

/** A text in a table, in quotes if it needs them. */
export function csvCell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Unix milliseconds, or ISO 8601 where such a number would be read as seconds or microseconds: before
 * 1973 and after 5138.
 */
export function timeJson(time: number): string {
  const size = Math.abs(time);
  return size >= 1e11 && size < 1e14 ? numberJson(time) : `"${isoTime(time)}"`;
}
