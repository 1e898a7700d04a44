import { PlotcastError, parseDuration } from "@plotcast/protocol";

export type Env = { readonly [variable: string]: string | undefined };

/** A value and what the user calls it, for the sentence that refuses it. */
export type Setting = { readonly name: string; readonly value: string };

/** What a flag says, or else a variable; an empty variable counts as unset. */
export function setting(
  name: string,
  flag: string | undefined,
  variable: string,
  env: Env,
): Setting | undefined {
  if (flag !== undefined) return { name, value: flag };
  const value = env[variable];
  return value ? { name: variable, value } : undefined;
}

/** What `parse` makes of a setting. Throws `bad-input` if that is undefined or empty. */
export function parsed<T extends string | number>(
  { name, value }: Setting,
  expected: string,
  parse: (text: string) => T | undefined,
): T {
  const result = parse(value);
  if (result !== undefined && result !== "") return result;
  throw new PlotcastError("bad-input", `${name}: expected ${expected}, found ${quoted(value)}`);
}

/** Milliseconds of a flag that was given. Throws `bad-input` for what is no duration. */
export function readDuration(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  return parsed({ name, value }, "a duration such as 90s, 15m, 12h, 30d or 1y", (text) => {
    const ms = parseDuration(text);
    return ms && Number.isFinite(ms) ? ms : undefined;
  });
}

function quoted(value: string): string {
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
}
