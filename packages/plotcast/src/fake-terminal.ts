import { PassThrough } from "node:stream";
import type { Terminal } from "./terminal.ts";

/** For tests: a terminal that remembers what was written to it. */
export function fakeTerminal(fed = false) {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const written = (stream: PassThrough) => String(stream.read() ?? "");
  return {
    stdin,
    stdout,
    stderr,
    fed,
    /** What was written since the last look. */
    printed: () => written(stdout),
    said: () => written(stderr),
  } satisfies Terminal & Record<string, unknown>;
}
