import type { FollowRequest } from "./request.ts";
import { type Waiter, watch } from "./wait.ts";

// A server that is there answers much sooner; nobody should wait longer for a better sentence.
const probeMs = 3000;

/**
 * Why a request has failed, of which browsers tell pages nothing. Another origin that cannot be read
 * but answers has not allowed the page to read it; that is found out by asking for what nobody reads.
 */
export async function whyUnreachable(
  { url, foreign }: FollowRequest,
  waiter: Waiter,
): Promise<string> {
  const { fetch, online, pageUrl } = waiter.environment;
  if (online?.() === false) return "the server cannot be reached: this computer is offline";
  if (!foreign || waiter.signal.aborted) return "the server cannot be reached";
  const page = new URL(pageUrl!);
  if (page.protocol === "https:" && url.startsWith("http:")) {
    return "the server cannot be reached: a page of https may read from https only";
  }
  const off = new AbortController();
  try {
    const probe = fetch(url, { mode: "no-cors", cache: "no-store", signal: off.signal });
    await watch(waiter, probe, probeMs, "no answer");
  } catch {
    return "the server cannot be reached";
  } finally {
    off.abort();
  }
  return `the server does not let pages of ${page.origin} read it (CORS); it must send Access-Control-Allow-Origin: ${page.origin}`;
}
