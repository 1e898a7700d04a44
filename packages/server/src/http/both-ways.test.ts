import assert from "node:assert/strict";
import { test } from "node:test";
import { fakePort, getRequest } from "./fake-port.ts";

/** Numbers that look random and are the same each time. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const methods = ["GET", "GET", "GET", "GET", "HEAD", "POST", "get", "GET ", "OPTIONS", ""];
const targets = [
  ...[
    "/stream",
    "/stream",
    "/stream",
    "/stream",
    "/stream",
    "/stream",
    "/stream?a=1",
    "/stream?a=%zz&b=+",
    "/stream?a=1#b",
    "/stream?a?b=c&=&",
    "/page",
  ],
  ...["/stream?bad", "/stream/", "//stream", "/./stream", "/%73tream", "/stream\\", "stream", "*"],
  ...["http://localhost/stream", "/stream?a=ü", "/stream? a", "/stream?a='\"<>`{}|^"],
];
const versions = [
  "HTTP/1.1",
  "HTTP/1.1",
  "HTTP/1.1",
  "HTTP/1.1",
  "HTTP/1.0",
  "HTTP/2.0",
  "http/1.1",
];
const hosts = [
  ...["Host: localhost", "Host: localhost", "Host: localhost", "Host: localhost"],
  ...[
    "Host: localhost",
    "Host: localhost",
    "host:localhost:8080",
    "HOST: [::1]:80",
    "Host: 1.2.3.4",
  ],
  ...[
    "Host: 1.2",
    "Host: a:99999",
    "Host: a b",
    "Host: A.b",
    "Host:",
    "Host: u@b",
    "Host: [::",
    "",
  ],
];
const headers = [
  ...[
    "Accept: */*",
    "Accept-Encoding: gzip",
    "Accept-Encoding: *;q=0, gzip;q=0.5",
    "X:",
    "X: a\tb ",
  ],
  ...["Connection: close", "Connection: keep-alive", "Connection: Upgrade", "Connection:"],
  ...["Upgrade: websocket", "Upgrade: h2c", "Content-Length: 0", "Content-Length: 5"],
  ...["Content-Length: x", "Transfer-Encoding: chunked", "Transfer-Encoding: gzip"],
  ...["Expect: 100-continue", "Expect: more", "Trailer: X", "TE: trailers", "Cookie: a=b; c"],
  ...[" folded", "X : a", "X", ": a", "X: a\rb", "X: a\nY: b", "X: \u0001", "X: \u00fc", "X: a\0b"],
  ...["Last-Event-ID: e-1", "Origin: null", "Host: other", "Accept: a", "\u00fc: a", "X-Y_z.1: !"],
];
const ends = ["", "", "", "", "GET /page HTTP/1.1\r\nHost: a\r\n\r\n", "x", "\r\n", "0\r\n\r\n"];

function randomRequest(below: (n: number) => number): string {
  const one = (all: readonly string[]) => all[below(all.length)]!;
  const line = `${one(methods)} ${one(targets)} ${one(versions)}`;
  const extra = Array.from({ length: below(3) }, () => one(headers));
  const lines = [line, one(hosts), ...extra].filter((text) => text !== "");
  const newline = below(20) === 0 ? "\n" : "\r\n";
  const whole = lines.join(newline) + newline + newline + one(ends);
  return below(15) === 0 ? whole.slice(0, below(whole.length)) : whole;
}

/** What an answer says, however it is framed. */
function meaning(answer: string): string {
  const [head = "", ...rest] = answer.replace(/^Date: .*\r\n/gm, "").split("\r\n\r\n");
  const lines = head
    .split("\r\n")
    .filter((line) => !/^(connection|keep-alive|transfer-enc)/i.test(line));
  const named = lines.map((line) => line.replace(/^[^:]*:/, (name) => name.toLowerCase()));
  return [...named.sort(), rest.join("").replace(/^[0-9a-f]+\r\n(.*)\r\n$/s, "$1")].join("\n");
}

test("both ways: whatever comes first, the answer is the one that node:http would have given", async (t) => {
  const { client, viewers } = await fakePort(t);
  const below = numbers(4);
  let bare = 0;
  for (let i = 0; i < 1000; i++) {
    const request = randomRequest(below);
    const ask = (text: string) => {
      const asking = client();
      asking.socket.end(Buffer.from(text, "latin1"));
      return asking.all();
    };
    // An empty line before it is allowed, and unusual: that one goes to node:http for sure.
    const [given, expected] = [await ask(request), await ask(`\r\n${request}`)];
    assert.equal(meaning(given), meaning(expected), JSON.stringify(request));
    if (/^Connection: close/m.test(given) && given.endsWith("hello\n")) bare++;
  }
  assert.ok(bare > 50, `only ${bare} went the other way`);
  assert.equal(viewers.length % 2, 0);
});

test("both ways: a request that comes in pieces is answered as if it were whole", async (t) => {
  const { client } = await fakePort(t);
  const request = getRequest("/stream", { Accept: "*/*" });
  for (let cut = 1; cut < request.length; cut += 7) {
    const asking = client();
    asking.socket.setNoDelay(true);
    await new Promise((done) => asking.socket.write(request.slice(0, cut), done));
    await new Promise((done) => setImmediate(done));
    asking.socket.end(request.slice(cut));
    assert.match(await asking.all(), /^HTTP\/1\.1 200 .*hello/s);
  }
});
