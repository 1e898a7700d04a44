/** ISO 8601 in the time zone of whoever reads it: `2026-01-31T12:00:00.000+01:00`. */
export function formatLocalTime(time: number): string {
  const offset = -new Date(time).getTimezoneOffset();
  const local = new Date(time + offset * 60_000);
  if (Number.isNaN(local.getTime())) return String(time); // beyond what a Date can hold
  const hours = String(Math.floor(Math.abs(offset) / 60)).padStart(2, "0");
  const minutes = String(Math.abs(offset) % 60).padStart(2, "0");
  return `${local.toISOString().slice(0, -1)}${offset < 0 ? "-" : "+"}${hours}:${minutes}`;
}
