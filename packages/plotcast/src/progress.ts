import type { Writable } from "node:stream";
import { formatSize } from "./units.ts";

/** How far a command has come, for whoever watches. Messages go through here, or they would mix. */
export type Progress = {
  /** Shows the line in place of the one before, if it is time to. */
  show(line: () => string): void;
  /** Says a sentence that stays. */
  say(sentence: string): void;
  /** Takes the line away. */
  end(): void;
};

export type ProgressOptions = {
  readonly now?: () => number;
  /** Where there is no terminal: say the line that often. Not given: never. */
  readonly plainMs?: number;
};

/** What we need to know of a stream that may be a terminal. */
type Screen = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** Faster than that nobody reads, and writing to a terminal is slow. */
const redrawMs = 100;

/** On a terminal one line that is written over, anywhere else a line now and then. */
export function createProgress(
  stderr: Screen,
  { now = Date.now, plainMs = Number.POSITIVE_INFINITY }: ProgressOptions = {},
): Progress {
  const terminal = stderr.isTTY === true;
  const everyMs = terminal ? redrawMs : plainMs;
  // A short job is over before anyone wants to know how far it is.
  let shownAt = now();
  let drawn = false;
  function end(): void {
    if (drawn) stderr.write("\r\x1b[K");
    drawn = false;
  }
  return {
    show(line) {
      if (now() - shownAt < everyMs) return;
      shownAt = now();
      // A line that wraps could not be written over.
      const text = terminal ? line().slice(0, (stderr.columns || 80) - 1) : `plotcast: ${line()}\n`;
      stderr.write(terminal ? `\r${text}\x1b[K` : text);
      drawn = terminal;
    },
    say(sentence) {
      end();
      stderr.write(`plotcast: ${sentence}\n`);
    },
    end,
  };
}

const barWidth = 20;

/** ` 45% █████████░░░░░░░░░░░` for a share from 0 to 1. */
export function formatShare(share: number): string {
  const sane = Math.min(1, Math.max(0, share));
  const full = Math.floor(sane * barWidth);
  const percent = String(Math.floor(sane * 100)).padStart(3);
  return `${percent}% ${"█".repeat(full)}${"░".repeat(barWidth - full)}`;
}

/** `12.3 MB, 4.1 MB/s`: how much so far, and how much a second since it began. */
export function formatBytes(bytes: number, elapsedMs: number): string {
  const rate = elapsedMs > 0 ? `, ${formatSize(Math.round((bytes * 1000) / elapsedMs))}/s` : "";
  return `${formatSize(bytes)}${rate}`;
}
