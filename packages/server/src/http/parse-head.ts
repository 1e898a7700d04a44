/** The head of a `GET` that leaves no room for doubt. */
export type ParsedHead = {
  readonly path: string;
  readonly query: string;
  /** By lower-case name; no name is there twice. */
  readonly headers: ReadonlyMap<string, string>;
};

// node:http allows as much, and counts less of it.
const maxBytes = 16 * 1024;
const maxHeaders = 100;

// A second question mark at once is read in two ways by those who take a query apart.
const requestLine = /^GET (\/[!-"$->@-~]*)(?:\?(?!\?)([!-"$-~]*))? HTTP\/1\.1$/;
const hostText = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/** With one of these a request is more than its head, or asks for more than an answer. */
const special = ["content-length", "transfer-encoding", "upgrade", "expect", "trailer"];

/**
 * Parses what came first on a connection if it is one whole head of a `GET` and nothing else; undefined
 * for anything that could be read in two ways, or that node:http would refuse.
 */
export function parseHead(bytes: Buffer): ParsedHead | undefined {
  const { length } = bytes;
  if (length > maxBytes || bytes[0] !== 0x47 || bytes[length - 1] !== 0x0a) return undefined;
  const text = bytes.toString("latin1");
  // What follows an empty line would be another request; before the end, it is no header.
  if (!text.endsWith("\r\n\r\n")) return undefined;
  const firstEnd = text.indexOf("\r\n");
  const request = requestLine.exec(text.slice(0, firstEnd));
  const headers = request && parseHeaders(text, firstEnd + 2, length - 2);
  if (!headers || special.some((name) => headers.has(name))) return undefined;
  const connection = headers.get("connection")?.toLowerCase() ?? "keep-alive";
  if (connection !== "keep-alive" && connection !== "close") return undefined;
  if (!isPlainHost(headers.get("host"))) return undefined;
  return { path: request[1]!, query: request[2] ?? "", headers };
}

/** Lines between two places in the text, each with its end. */
function parseHeaders(text: string, from: number, until: number): Map<string, string> | undefined {
  const headers = new Map<string, string>();
  for (let start = from; start < until; ) {
    let colon = start;
    while (tokens[text.charCodeAt(colon)] === 1) colon++;
    if (colon === start || text.charCodeAt(colon) !== 0x3a) return undefined;
    let end = colon + 1;
    while (isText(text.charCodeAt(end))) end++;
    if (text.charCodeAt(end) !== 0x0d || text.charCodeAt(end + 1) !== 0x0a) return undefined;
    const name = text.slice(start, colon).toLowerCase();
    if (headers.has(name) || headers.size === maxHeaders) return undefined;
    headers.set(name, text.slice(colon + 1, end).trim());
    start = end + 2;
  }
  return headers;
}

/** 1 for what a name is made of. */
const tokens = new Uint8Array(256);
for (const sign of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz") {
  tokens[sign.charCodeAt(0)] = 1;
  tokens[sign.toUpperCase().charCodeAt(0)] = 1;
}

function isText(code: number): boolean {
  return (code >= 0x20 && code <= 0x7e) || code === 0x09;
}

let lastPlainHost: string | undefined;

/** Not one that a URL would have in another way, such as `1.2`, which is 1.0.0.2. */
function isPlainHost(host: string | undefined): boolean {
  // All viewers of a server say the same.
  if (host === undefined || host === lastPlainHost) return host !== undefined;
  if (!hostText.test(host)) return false;
  const plain = URL.parse(`http://${host}`)?.hostname === host.replace(/:\d+$/, "").toLowerCase();
  if (plain) lastPlainHost = host;
  return plain;
}
