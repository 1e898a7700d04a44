import type { ServerResponse } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Context } from "hono";

// Encoding this much text and what is behind it takes a millisecond or two; others wait for so long.
const bytesPerTurn = 32_000;
// Whoever takes nothing for so long holds memory and a connection for nothing. A pipe may be paused.
const stallMs = 300_000;

/** Small pieces of text as large pieces of UTF-8. */
export async function* encodeText(
  texts: AsyncIterable<string>,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const encoder = new TextEncoder();
  let text = "";
  for await (const part of texts) {
    text += part;
    if (text.length < bytesPerTurn) continue;
    yield encoder.encode(text);
    text = "";
  }
  if (text !== "") yield encoder.encode(text);
}

/**
 * Answers with a body that is made while it is being sent, no faster than it is read, one piece in a
 * turn. Rejects if the first piece cannot be made: then there is still time for an answer that says
 * so. Later the only way to say it is to cut the connection, for the end would look like the end.
 */
export async function streamBody(
  c: Context,
  pieces: AsyncGenerator<Uint8Array<ArrayBuffer>, void>,
  headers: Record<string, string>,
  onError: (error: unknown) => void,
): Promise<Response> {
  const { outgoing } = (c.env ?? {}) as { outgoing?: ServerResponse };
  let next: Promise<IteratorResult<Uint8Array<ArrayBuffer>, void>> | undefined = pieces.next();
  await next;
  outgoing?.setTimeout(stallMs);
  let left = false;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull: async (controller) => {
        try {
          const { done, value } = await (next ?? pieces.next());
          next = undefined;
          if (left) return;
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          if (left || c.req.raw.signal.aborted) return;
          onError(error);
          // The adapter would finish the body before it closes the connection.
          if (outgoing) outgoing.destroy();
          else controller.error(error);
        }
        await nextTurn();
      },
      cancel: async () => {
        left = true;
        await pieces.return();
      },
    },
    { highWaterMark: 0 },
  );
  return c.body(body, 200, headers);
}
