import { parseIsoTime } from "@plotcast/protocol";

/** The stretch of time that charts are held at, Unix ms. */
export type Stretch = { readonly from: number; readonly to: number };

/** Reads `#view=2026-01-31T12:00:00.000Z..2026-01-31T12:15:00.000Z`; undefined for anything else. */
export function parseFragment(hash: string): Stretch | undefined {
  const view = new URLSearchParams(hash.replace(/^#/, "")).get("view");
  const [from, to, ...more] = (view ?? "").split("..").map((text) => parseIsoTime(text.trim()));
  if (from === undefined || to === undefined || more.length > 0 || from >= to) return undefined;
  return { from, to };
}

/** The inverse; empty for charts that follow. Whole milliseconds: more cannot be seen. */
export function formatFragment(stretch: Stretch | undefined): string {
  if (!stretch) return "";
  const from = Math.floor(stretch.from);
  const to = Math.max(from + 1, Math.ceil(stretch.to));
  // Years beyond these have another form, which nobody reads.
  if (from < 0 || to >= Date.UTC(10_000, 0)) return "";
  return `#view=${new Date(from).toISOString()}..${new Date(to).toISOString()}`;
}
