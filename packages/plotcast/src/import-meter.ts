import type { InputFile } from "./input-files.ts";
import { formatBytes, formatShare } from "./progress.ts";
import { count } from "./units.ts";

/** How much of what is to be imported was read, and what became of it. */
export type Meter = {
  /** Read under way. */
  file: string;
  bytes: number;
  lines: number;
  /** Acknowledged by the server. */
  samples: number;
  /** Lines that could not be read, or not in full. */
  rejected: number;
  /** For those who wait: ` 45% █████████░░░░░░░░░░░ 12 MB, 4 MB/s, 1,234,567 samples`. */
  readonly line: () => string;
  /** For the end: `1,234,567 samples imported from 1,234 lines in 3 files`. */
  readonly summary: () => string;
};

export function createMeter(
  files: readonly Pick<InputFile, "bytes">[],
  now: () => number = Date.now,
): Meter {
  const since = now();
  const total = files.reduce((sum, { bytes = Number.NaN }) => sum + bytes, 0);
  const meter: Meter = {
    file: "",
    bytes: 0,
    lines: 0,
    samples: 0,
    rejected: 0,
    line() {
      const { bytes, samples, rejected, file } = meter;
      const share = total > 0 ? `${formatShare(bytes / total)} ` : "";
      return [
        `${share}${formatBytes(bytes, now() - since)}`,
        count(samples, "sample"),
        ...(rejected > 0 ? [`${count(rejected, "line")} rejected`] : []),
        ...(files.length > 1 ? [file] : []),
      ].join(", ");
    },
    summary() {
      const { samples, lines } = meter;
      const from = files.length > 1 ? ` in ${count(files.length, "file")}` : "";
      return `${count(samples, "sample")} imported from ${count(lines, "line")}${from}`;
    },
  };
  return meter;
}
