import type { Readable, Writable } from "node:stream";
import { writeTo } from "./output.ts";

type Chunks = AsyncGenerator<Uint8Array, void, undefined>;

/** The bytes of `stdin` up to its end, or until the signal, which is just another end. */
export async function* readInput(stdin: Readable, signal: AbortSignal): Chunks {
  const end = () => void stdin.destroy();
  if (signal.aborted) return end();
  signal.addEventListener("abort", end, { once: true });
  try {
    yield* stdin;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener("abort", end);
  }
}

/**
 * Yields what `source` yields after writing it to `out`, no faster than `out` takes it. When whoever
 * reads `out` goes away, that ends the copy and not the source.
 */
export async function* tee(source: AsyncIterable<Uint8Array>, out: Writable): Chunks {
  let read = true;
  for await (const chunk of source) {
    if (read) read = await writeTo(out, chunk);
    yield chunk;
  }
}
