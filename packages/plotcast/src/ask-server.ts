import { type ErrorCode, PlotcastError } from "@plotcast/protocol";
import { readClientToken } from "./config.ts";
import { printable } from "./output.ts";
import { parseServerUrl } from "./server-url.ts";

/** A running server, and what is shown to it. */
export type Asked = {
  /** Of the server, ending in a slash. */
  readonly base: URL;
  readonly token: string | undefined;
  /** Other than `GET`. */
  readonly method?: "POST";
  readonly signal?: AbortSignal;
  readonly fetch?: typeof fetch;
};

export type AskFlags = { readonly url: string; readonly readToken?: string };

/** The server that flags name, and what it wants to see of readers. */
export function readAskFlags({ url, readToken }: AskFlags): Pick<Asked, "base" | "token"> {
  const server = parseServerUrl("--url", url);
  return { base: server.base, token: readClientToken("read", readToken ?? server.token) };
}

/** A server has a sentence to say; a page of some other server is not worth more. */
const maxShown = 2000;

/** What an answer that is none of ours, or not for us, is as a failure. */
export const refusals: Readonly<Record<number, ErrorCode>> = {
  401: "unauthorized",
  403: "forbidden",
  404: "not-found",
  405: "not-found",
};

/**
 * Sends `GET`, or another method, to a path of a server. `doing`, such as `export from`, is for the message of a failure.
 *
 * Resolves to an answer that says 200. Rejects with `closed` if there is no server, and with what the
 * server says against it otherwise; with the signal's reason when that is aborted.
 */
export async function askServer(doing: string, path: string, asked: Asked): Promise<Response> {
  const { base, token, method, signal, fetch: fetchFrom = fetch } = asked;
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  // Tokens are for this server only, and not for where it might send us.
  const init = {
    ...{ headers, redirect: "manual" as const },
    ...(method ? { method } : {}),
    ...(signal ? { signal } : {}),
  };
  const response = await fetchFrom(new URL(path, base), init).catch((error: unknown) => {
    if (signal?.aborted) throw signal.reason;
    const why = whyUnreachable(error);
    throw new PlotcastError("closed", `cannot reach ${base.href}: ${why}; is it running?`);
  });
  if (response.status === 200) return response;
  const flag = method === undefined ? "--read-token" : "--write-token";
  throw await refusalOf(response, `cannot ${doing} ${base.href}`, flag);
}

async function refusalOf(response: Response, what: string, flag: string): Promise<PlotcastError> {
  const { status, headers } = response;
  const elsewhere = headers.get("location");
  if (elsewhere !== null)
    return new PlotcastError("not-found", `${what}: it has moved to ${printable(elsewhere)}`);
  const said = printable((await textOf(response)).trim());
  const code = status === 400 ? "bad-input" : (refusals[status] ?? "closed");
  const help = code === "unauthorized" ? `; here that is ${flag}` : "";
  return new PlotcastError(code, `${what}: ${said || `it answered ${status}`}${help}`);
}

async function textOf(response: Response): Promise<string> {
  // A page of some other server: what it says is not meant for us.
  if (response.headers.get("content-type")?.startsWith("text/html")) return "";
  const text = await response.text().catch(() => "");
  return text.slice(0, maxShown);
}

const causes: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the connection was cut",
  UND_ERR_SOCKET: "the connection was cut",
  ENOTFOUND: "there is no host of that name",
  EAI_AGAIN: "its name cannot be looked up now",
  UND_ERR_HEADERS_TIMEOUT: "no answer within 5 minutes",
  UND_ERR_BODY_TIMEOUT: "nothing came for 5 minutes",
};

/** Why a request failed. What fetch throws says only "fetch failed"; the cause knows more. */
export function whyUnreachable(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, message } = (error.cause ?? error) as NodeJS.ErrnoException;
  return causes[code ?? ""] ?? message;
}
