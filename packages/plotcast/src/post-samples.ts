import { PlotcastError, type Sample } from "@plotcast/protocol";
import { refusals, whyUnreachable } from "./ask-server.ts";
import type { Outcome } from "./outbox.ts";
import { printable } from "./output.ts";
import { formatSampleJson } from "./sample-json.ts";

export type PostOptions = {
  /** Of the server, ending in a slash. */
  readonly base: URL;
  readonly token: string | undefined;
  readonly fetch?: typeof fetch;
};

/** Longer than any commit takes, so that only a connection that hangs is given up. */
const timeoutMs = 30_000;
/** A server has one sentence per line to say; a page of some other server is not worth more. */
const maxShown = 2000;

/**
 * Returns a function that posts samples to a server and says what became of them. It throws what
 * would become of every further request too: a token that is missing, an address that is wrong.
 */
export function createPost(options: PostOptions): (samples: readonly Sample[]) => Promise<Outcome> {
  const { base, token, fetch: fetchFrom = fetch } = options;
  const url = new URL("v1/samples", base);
  return async (samples) => {
    const body = samples.map(formatSampleJson).join("");
    const headers = { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      // A redirect would be followed with GET, and look like success.
      const init = { method: "POST", headers, body, signal, redirect: "manual" } as const;
      const response = await fetchFrom(url, init);
      return outcomeOf(response, sentences(await response.text(), samples), base);
    } catch (error) {
      if (error instanceof PlotcastError) throw error;
      return { type: "unreachable", reason: `cannot reach ${base.href}: ${why(error)}` };
    }
  };
}

function outcomeOf({ status, ok, headers }: Response, said: string, base: URL): Outcome {
  if (ok) return { type: "acknowledged" };
  if (status >= 300 && status < 400) {
    const elsewhere = printable(headers.get("location") ?? "another address");
    throw new PlotcastError("not-found", `cannot feed ${base.href}: it has moved to ${elsewhere}`);
  }
  const reason = said || `it answered ${status}`;
  // No server of ours, or not for us: another attempt would end the same way.
  const refusal = refusals[status];
  const help = refusal === "unauthorized" ? "; here that is --write-token" : "";
  if (refusal) throw new PlotcastError(refusal, `cannot feed ${base.href}: ${reason}${help}`);
  if (status !== 408 && status !== 429 && status < 500) return { type: "rejected", reason };
  const seconds = Number(headers.get("retry-after") ?? 0);
  const retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : 0;
  return { type: "unreachable", reason: `cannot feed ${base.href}: ${reason}`, retryAfterMs };
}

// What the server calls a line is one of our samples; the user never saw that line.
function sentences(body: string, samples: readonly Sample[]): string {
  const lines = body.slice(0, maxShown).trim().split("\n");
  const named = lines.map((line) =>
    line.replace(/^line (\d+): /, (all, n) =>
      samples[n - 1] ? `${samples[n - 1]!.series}: ` : all,
    ),
  );
  return named.map(printable).join("\n");
}

function why(error: unknown): string {
  const late = error instanceof Error && error.name === "TimeoutError";
  return late ? `no answer within ${timeoutMs / 1000} s` : whyUnreachable(error);
}
