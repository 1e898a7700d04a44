import { PlotcastError } from "./errors.ts";

/** One event of a stream. Without `data` it moves the viewer's position and fires nothing. */
export type SseEvent = {
  readonly id?: string;
  readonly event?: string;
  readonly retry?: number;
  readonly data?: string;
};

/**
 * Encodes one event (WHATWG HTML, "Server-sent events").
 *
 * Multi-line data becomes one `data:` field per line. Throws `bad-input` for an id or an event name
 * that is not one line.
 */
export function encodeEvent({ id, event, retry, data }: SseEvent): string {
  let text = "";
  if (retry !== undefined) text += `retry: ${Math.round(retry)}\n`;
  if (id !== undefined) text += `id: ${oneLine("id", id)}\n`;
  if (event !== undefined) text += `event: ${oneLine("event", event)}\n`;
  if (data !== undefined) {
    // Frames are one line and long; looking for a second costs less than cutting.
    const lines = /[\r\n]/.test(data) ? data.split(/\r\n|\r|\n/) : [data];
    for (const line of lines) text += `data: ${line}\n`;
  }
  return `${text}\n`;
}

// A line break here would let whoever chose the name write fields of their own into the stream,
// and browsers ignore an id that holds NUL, which would silently stop resume from working.
function oneLine(field: string, value: string): string {
  if (/[\r\n\0]/.test(value)) {
    throw new PlotcastError(
      "bad-input",
      `cannot send ${field} ${JSON.stringify(value)}: it must be one line`,
    );
  }
  return value;
}
