const unitMs: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  y: 365 * 86_400_000,
};

/** Milliseconds of `500ms`, `60s`, `15m`, `1.5h`, `30d`, `2w`, `1y`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w|y)$/.exec(text.trim());
  const ms = match ? Number(match[1]) * unitMs[match[2]!]! : undefined;
  return Number.isFinite(ms) ? ms : undefined;
}
