import { constants } from "node:os";
import { writeTo } from "./output.ts";
import { run } from "./run.ts";
import { openTerminal } from "./terminal.ts";

// The edge of the process: signals in, an exit code out. Everything else is in `run.ts`.

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    // The first asks for an end, which lets viewers and senders finish; the second does not wait.
    if (stop.signal.aborted) process.exit(128 + constants.signals[signal]);
    stop.abort();
  });
}

// Whoever read our output has left, as `head` does. Each command decides what that means for it.
const gone = new Set(["EPIPE", "EIO", "ERR_STREAM_DESTROYED"]);
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (!gone.has(error.code ?? "")) throw error;
  });
}

const terminal = openTerminal();
const code = await run(process.argv.slice(2), terminal, stop.signal);
await Promise.all([writeTo(terminal.stdout, ""), writeTo(terminal.stderr, "")]);
// Not only the code: an open pipe on standard input would keep the process alive.
process.exit(code);
