/** What a response means for whoever wants to follow it. */
export type Answer =
  | { readonly kind: "stream"; readonly body: ReadableStream<Uint8Array> }
  /** Trying again by itself would not help. */
  | { readonly kind: "refused"; readonly code: number; readonly reason: string }
  /** Not now; not before `notBeforeMs` from now. */
  | { readonly kind: "later"; readonly reason: string; readonly notBeforeMs: number };

// A server under development is often gone for a moment and its routes with it, so "not found" is
// asked again, only not so often.
const notFoundMs = 5000;
// A slip in this header must not silence a page for a day.
const maxRetryAfterMs = 3_600_000;

/** Statuses below 500 that say nothing about the request itself. */
const passing = new Set([404, 408, 421, 425, 429]);

/** Judges a response by its status and headers. Reads the body only for the reason of a refusal. */
export async function judge(response: Response, now: number): Promise<Answer> {
  const { status, body } = response;
  const contentType = response.headers.get("content-type") ?? "";
  if (response.ok && status !== 204 && status !== 205 && body !== null) {
    if (/^text\/event-stream *(;|$)/i.test(contentType)) return { kind: "stream", body };
    await body.cancel();
    return { kind: "later", reason: wrongType(contentType), notBeforeMs: 0 };
  }
  const said = /^text\/plain/i.test(contentType) && body !== null ? await firstLine(body) : "";
  await body?.cancel();
  const reason = said === "" ? describe(status) : `${describe(status)}: ${said}`;
  const final = status === 204 || status === 205 || (status >= 400 && status < 500);
  if (final && !passing.has(status)) return { kind: "refused", code: status, reason };
  const wanted = retryAfterMs(response.headers.get("retry-after"), now);
  return { kind: "later", reason, notBeforeMs: Math.max(wanted, status === 404 ? notFoundMs : 0) };
}

function wrongType(contentType: string): string {
  const found = contentType === "" ? "nothing" : JSON.stringify(contentType.slice(0, 80));
  let hint = "";
  if (/html/i.test(contentType)) hint = "; is this a page, perhaps for logging in?";
  else if (/json/i.test(contentType)) hint = '; to ask for it again and again, add poll="5s"';
  return `expected the content type "text/event-stream", found ${found}${hint}`;
}

function describe(status: number): string {
  if (status === 204 || status === 205) return "the server has nothing to follow (204)";
  if (status === 401) return "the server wants a valid token (401)";
  if (status === 403) return "the server does not allow it (403)";
  if (status === 404) return "there is nothing at this address (404)";
  if (status === 429) return "the server has too many requests (429)";
  return `the server answers ${status}`;
}

/** Seconds or a date. */
function retryAfterMs(header: string | null, now: number): number {
  if (header === null) return 0;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), maxRetryAfterMs) : 0;
}

// A reason is one line on a small screen.
const maxReasonLength = 200;

async function firstLine(body: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = "";
  while (text.length < maxReasonLength && !text.includes("\n")) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  reader.releaseLock();
  return text.slice(0, maxReasonLength).split("\n")[0]!.trim();
}
