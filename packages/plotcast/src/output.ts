import type { Writable } from "node:stream";

/** Writes and waits until it is written. False once nobody reads `out` any more, which is no error. */
export function writeTo(out: Writable, chunk: string | Uint8Array): Promise<boolean> {
  return new Promise((resolve) => out.write(chunk, (error) => resolve(!error)));
}

/**
 * Text from elsewhere, fit for a terminal: control characters, with which a sender could repaint the
 * screen of whoever looks at its series, are spelled out.
 */
export function printable(text: string): string {
  return text.replace(
    /\p{Cc}/gu,
    (found) => `\\x${found.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}
