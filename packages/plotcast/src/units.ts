const durationUnits = [
  ["y", 365 * 86_400_000],
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
] as const;

const sizeUnits: Readonly<Record<string, number>> = {
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};

/** Bytes of `500MB`, `10GB`, `1.5 TB`, `4GiB`; undefined for anything else, and for nothing. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,6})?) ?([KMGT]i?B)$/i.exec(text.trim());
  const bytes = match ? Math.round(Number(match[1]) * sizeUnits[match[2]!.toUpperCase()]!) : 0;
  return bytes > 0 ? bytes : undefined;
}

/** A port number, 0 included; undefined for anything else. */
export function parsePort(text: string): number | undefined {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;
}

/** `12h`, `30d`, `1y`: in the largest unit that needs no fraction, as flags take it. */
export function formatDuration(ms: number): string {
  const [unit, size] = durationUnits.find(([, size]) => ms % size === 0) ?? ["ms", 1];
  return `${ms / size}${unit}`;
}

/** `512 bytes`, `500 MB`, `1.5 GB`, decimal units. */
export function formatSize(bytes: number): string {
  const unit = ["TB", "GB", "MB", "KB"].find((name) => bytes >= sizeUnits[name]!);
  if (unit === undefined) return count(bytes, "byte");
  return `${Number((bytes / sizeUnits[unit]!).toPrecision(3))} ${unit}`;
}

/** `1 line`, `1,204 lines`: the same thousands everywhere, whatever the machine's language. */
export function count(amount: number, noun: string, plural = `${noun}s`): string {
  return `${amount.toLocaleString("en-US")} ${amount === 1 ? noun : plural}`;
}
