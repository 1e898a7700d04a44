import { PlotcastError } from "@plotcast/protocol";

/** Where a server is, as a user wrote it, and the token that came with the address. */
export type ServerUrl = { readonly base: URL; readonly token: string | undefined };

/**
 * Parses `http://host:8080`, `host:8080` or an address copied from the start-up text, `?token=`
 * included; a path is kept, for servers behind a proxy. Throws `bad-input` that names the flag.
 */
export function parseServerUrl(flag: string, text: string): ServerUrl {
  const url = URL.parse(text.includes("://") ? text : `http://${text}`);
  const known = url?.protocol === "http:" || url?.protocol === "https:";
  // A password in the address would be sent nowhere, and shown in messages.
  if (!known || url.username || url.password) {
    const expected = "expected an address such as http://127.0.0.1:8080";
    throw new PlotcastError("bad-input", `${flag}: ${expected}, found ${JSON.stringify(text)}`);
  }
  const token = url.searchParams.get("token") ?? undefined;
  const base = new URL(url.pathname.replace(/\/*$/, "/"), url);
  return { base, token };
}
