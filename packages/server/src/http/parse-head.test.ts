import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHead } from "./parse-head.ts";

function parse(text: string) {
  return parseHead(Buffer.from(text, "latin1"));
}

function refuses(text: string) {
  assert.equal(parse(text), undefined, JSON.stringify(text));
}

/** A head with these lines after the host. */
function head(...lines: string[]): string {
  return `${["GET /v1/stream?a=1 HTTP/1.1", "Host: localhost", ...lines].join("\r\n")}\r\n\r\n`;
}

test("parse head: path, query and headers of a whole head", () => {
  const parsed = parse(head("Accept:\t text/event-stream \t", "X-Empty:", "x-a!#$: a: b"));
  assert.equal(parsed?.path, "/v1/stream");
  assert.equal(parsed?.query, "a=1");
  assert.deepEqual(
    [...(parsed?.headers ?? [])],
    [
      ["host", "localhost"],
      ["accept", "text/event-stream"],
      ["x-empty", ""],
      ["x-a!#$", "a: b"],
    ],
  );
  assert.equal(parse("GET / HTTP/1.1\r\nhost: a\r\n\r\n")?.query, "");
});

test("parse head: hosts that a URL has as they are", () => {
  for (const host of ["a", "A.b-c_d", "10.0.0.7:8080", "[::1]:8080", "[::1]", "a:65535", "a."])
    assert.ok(parse(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`), host);
  for (const host of [
    "",
    "a b",
    "a/b",
    "a@b",
    "a?",
    "1.2",
    "0x7f.1",
    "a:65536",
    "a:",
    "[::1",
    "[1]",
  ])
    refuses(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
});

test("parse head: refuses what is not one whole head", () => {
  refuses("");
  refuses("\n");
  refuses(head().slice(0, -1));
  refuses(head().slice(0, -2));
  refuses(head() + head());
  refuses(`${head()}\r\n`);
  refuses(`\r\n${head()}`);
  refuses("GET /v1/stream HTTP/1.1\r\n\r\n");
  for (let length = 0; length < head().length; length++) refuses(head().slice(0, length));
});

test("parse head: refuses other methods, versions and targets", () => {
  const line = (text: string) => refuses(`${text}\r\nHost: a\r\n\r\n`);
  for (const method of ["HEAD", "POST", "get", "GET\t", "GETS"]) line(`${method} / HTTP/1.1`);
  for (const version of ["HTTP/1.0", "HTTP/2", "http/1.1", "HTTP/1.1 ", "HTTP/1.10", ""])
    line(`GET / ${version}`);
  for (const target of [
    "*",
    "a",
    "http://a/",
    "/a#b",
    "/a?b#c",
    "/a b",
    "/\u00fc",
    "/\x7f",
    "/\t",
    "",
  ])
    line(`GET ${target} HTTP/1.1`);
});

test("parse head: refuses what makes more of a request than its head", () => {
  for (const line of [
    ...["Content-Length: 0", "Transfer-Encoding: chunked", "Upgrade: h2c", "Expect: 100-continue"],
    ...["Trailer: a", "Connection: upgrade", "Connection: close, TE", "Connection:"],
  ])
    refuses(head(line));
  assert.ok(parse(head("Connection: Keep-Alive")));
  assert.ok(parse(head("connection: close")));
});

test("parse head: refuses lines that are none, and a name that is there twice", () => {
  for (const line of [
    ...[" folded", "\tfolded", "a b: c", "a : c", ": c", "abc", "a\u00fc: c", "a: \u00fc", "a: \0"],
    ...["a: b\rc", "a: b\nc: d", "a: b\x7f", "a: b\r"],
  ])
    refuses(head(line));
  refuses(head("Accept: a", "aCCEPT: b"));
  refuses(head("host: localhost"));
});

test("parse head: refuses more than 16 KiB or 100 headers", () => {
  const padded = (length: number) => head(`X: ${"x".repeat(length - head("X: ").length)}`);
  assert.equal(padded(16_384).length, 16_384);
  assert.ok(parse(padded(16_384)));
  refuses(padded(16_385));
  const lines = (count: number) => Array.from({ length: count }, (_, i) => `X${i}: a`);
  assert.ok(parse(head(...lines(99))));
  refuses(head(...lines(100)));
});

test("parse head: the longest head takes no longer than its length allows", () => {
  const spaces = head(`X: ${" ".repeat(16_000)}\x01`);
  const began = performance.now();
  for (let i = 0; i < 10; i++) refuses(spaces);
  assert.ok(performance.now() - began < 1000);
});
