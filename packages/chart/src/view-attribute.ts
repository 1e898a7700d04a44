import { parseTime } from "@plotcast/protocol";
import { quote } from "./options.ts";
import type { View } from "./window.ts";

/** Reads `2026-01-31T12:00Z..2026-01-31T13:00Z`; also Unix times. What is wrong is reported, and absent. */
export function parseView(text: string, problems: string[]): View | undefined {
  if (text.trim() === "") return undefined;
  const [from, to, ...more] = text.split("..").map((time) => parseTime(time.trim()));
  if (more.length === 0 && from !== undefined && to !== undefined && from < to) return { from, to };
  problems.push(`expected view="2026-01-31T12:00Z..2026-01-31T13:00Z", found ${quote(text)}`);
  return undefined;
}
