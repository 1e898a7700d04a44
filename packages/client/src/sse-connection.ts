import { PlotcastError } from "@plotcast/protocol";
import { createParser } from "eventsource-parser";

/**
 * What a blank line ends, or a `retry` field. Without `data` it fires no event: an id alone moves the
 * position.
 */
export type Block = {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
  readonly retryMs?: number;
};

// An event is held whole before it is read. This protects the memory of the page from an endpoint
// that never ends one, and leaves room for a day of history of many series.
const maxEventLength = 16 * 1024 * 1024;

/**
 * Reads the blocks of one response body, in order.
 *
 * Nothing is read ahead: the next bytes are asked for when all blocks before them have been taken.
 * `read` does the asking, so that the caller decides how long to wait. What a cut leaves unfinished is
 * dropped, as the specification wants it: its id has not been told, so it comes again.
 * Throws `too-large` for an event beyond 16 Mi characters.
 */
export async function* readBlocks(
  body: ReadableStream<Uint8Array>,
  read: <T>(chunk: Promise<T>) => Promise<T>,
): AsyncGenerator<Block, void> {
  let blocks: Block[] = [];
  let tooLarge = false;
  const parser = createParser({
    maxBufferSize: maxEventLength,
    // Called for every block with an id, right before the event if there is one.
    onId: (id) => blocks.push({ id }),
    onEvent: ({ id, event, data }) => {
      if (id !== undefined) blocks.pop();
      blocks.push({
        ...(id === undefined ? {} : { id }),
        ...(event === undefined ? {} : { event }),
        data,
      });
    },
    onRetry: (retryMs) => blocks.push({ retryMs }),
    onError: ({ type }) => {
      if (type === "max-buffer-size-exceeded") tooLarge = true;
    },
  });
  // The parser takes off the one byte order mark that may be there.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await read(reader.read());
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      const complete = blocks;
      blocks = [];
      yield* complete;
      if (tooLarge) {
        throw new PlotcastError("too-large", "an event is longer than 16 MiB");
      }
    }
  } finally {
    // Rejects if the body has failed, which the reader has been told already.
    reader.cancel().catch(() => {});
  }
}
