import { PlotcastError } from "@plotcast/protocol";
import { defaultOptions, type ServerOptions } from "@plotcast/server";
import { readDuration } from "./setting.ts";
import { formatDuration } from "./units.ts";

export type KeepFlags = {
  readonly keep?: string;
  readonly keepMinutes?: string;
  readonly keepHours?: string;
};

/**
 * How long each tier is kept. A tier that nobody gave a time is kept at least as long as the finer
 * ones, whatever its default. Throws `bad-input` for a time that is shorter than that of a finer tier.
 */
export function readKeep(flags: KeepFlags, defaults = defaultOptions.keep): ServerOptions["keep"] {
  const samplesMs = readDuration("--keep", flags.keep) ?? defaults.samplesMs;
  const coarser = (name: string, flag: string | undefined, byDefault: number, finer: Tier) => {
    const ms = readDuration(name, flag);
    if (ms === undefined) return Math.max(byDefault, finer.ms);
    if (ms >= finer.ms) return ms;
    throw new PlotcastError(
      "bad-input",
      `${name}: expected at least the ${formatDuration(finer.ms)} of ${finer.name}, found ${JSON.stringify(flag)}; give a shorter ${finer.name} too`,
    );
  };
  const samples = { name: "--keep", ms: samplesMs };
  const minutesMs = coarser("--keep-minutes", flags.keepMinutes, defaults.minutesMs, samples);
  const minutes = { name: "--keep-minutes", ms: minutesMs };
  const hoursMs = coarser("--keep-hours", flags.keepHours, defaults.hoursMs, minutes);
  return { samplesMs, minutesMs, hoursMs };
}

type Tier = { readonly name: string; readonly ms: number };

/** `samples kept 30d, minutes 1y, hours 10y`, in the words of the flags. */
export function formatKeep({ samplesMs, minutesMs, hoursMs }: ServerOptions["keep"]): string {
  const [samples, minutes, hours] = [samplesMs, minutesMs, hoursMs].map(formatDuration);
  return `samples kept ${samples}, minutes ${minutes}, hours ${hours}`;
}
