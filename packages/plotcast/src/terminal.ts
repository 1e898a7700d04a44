import { fstatSync } from "node:fs";
import type { Readable, Writable } from "node:stream";

/** The three streams of a command, handed over so that tests need no process. */
export type Terminal = {
  readonly stdin: Readable;
  /** Whether something is piped or redirected into us, so that the end of it will come. */
  readonly fed: boolean;
  readonly stdout: Writable;
  readonly stderr: Writable;
};

/** The streams of this process. */
export function openTerminal(): Terminal {
  const { stdout, stderr } = process;
  return {
    // Opened only when it is read: a pipe that nobody reads would keep the process alive.
    get stdin() {
      return process.stdin;
    },
    fed: isFed(),
    stdout,
    stderr,
  };
}

/**
 * Whether file descriptor 0 brings input: a pipe, a file or a socket. A terminal does not, and
 * neither does `/dev/null`, which is what a service gets.
 */
export function isFed(stat = () => fstatSync(0)): boolean {
  try {
    const found = stat();
    return found.isFIFO() || found.isFile() || found.isSocket();
  } catch {
    return false; // closed
  }
}
