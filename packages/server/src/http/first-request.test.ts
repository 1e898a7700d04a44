import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { createGuard } from "../access/guard.ts";
import { fakePort, getRequest } from "./fake-port.ts";

/** The bare socket says so, an answer of node:http has chunks. */
function isBare(answer: string): boolean {
  return (
    /^HTTP\/1\.1 200 .*\r\nConnection: close\r\n/s.test(answer) &&
    !/Transfer-Encoding/i.test(answer)
  );
}

test("first request: a stream is served on the bare socket, with all its headers", async (t) => {
  const { client } = await fakePort(t);
  const answer = await client(getRequest("/stream?a=1")).until(/hello\n$/);
  assert.ok(isBare(answer), answer);
  assert.match(answer, /^HTTP\/1\.1 200 OK\r\nDate: .* GMT\r\n/);
  for (const header of [
    "Content-Type: text/event-stream",
    "Cache-Control: no-cache, no-store, no-transform",
    "X-Accel-Buffering: no",
    "X-Content-Type-Options: nosniff",
    "Referrer-Policy: no-referrer",
    "Vary: Origin, Accept-Encoding",
  ])
    assert.ok(answer.includes(`\r\n${header}\r\n`), `${header}\nin\n${answer}`);
  assert.doesNotMatch(answer, /Content-Encoding/);
});

test("first request: whoever takes gzip is told that it gets it", async (t) => {
  const { client, next } = await fakePort(t);
  const bare = client(getRequest("/stream", { "Accept-Encoding": "gzip, br" }));
  assert.match(await bare.until(/hello/), /\r\nContent-Encoding: gzip\r\n/);
  assert.ok((await next()).connection.gzip);
});

test("first request: viewers that come in the same second get each its own head", async (t) => {
  const options = { host: "127.0.0.1", writeToken: undefined, readToken: undefined };
  const lists = { allowedHosts: [], allowedOrigins: ["https://a.example", "https://b.example"] };
  const { client } = await fakePort(t, { guard: createGuard({ ...options, ...lists }) });
  const gzip = { "Accept-Encoding": "gzip" };
  const [a, b] = lists.allowedOrigins.map((origin) => ({ Origin: origin }));
  for (const headers of [{}, gzip, {}, a, b, { ...b, ...gzip }, {}]) {
    const answer = await client(getRequest("/stream", headers)).until(/hello/);
    const encoding = /\r\nContent-Encoding: (.*?)\r\n/.exec(answer)?.[1];
    const origin = /\r\nAccess-Control-Allow-Origin: (.*?)\r\n/.exec(answer)?.[1];
    const asked: { "Accept-Encoding"?: string; Origin?: string } = headers ?? {};
    assert.ok(isBare(answer), answer);
    assert.deepEqual([encoding, origin], [asked["Accept-Encoding"], asked.Origin]);
  }
});

test("first request: both ways know the same of a request", async (t) => {
  const { client, next } = await fakePort(t);
  const headers = { "Accept-Encoding": "br, gzip", "Last-Event-ID": "e-1", "X-Own": "  a\tb  " };
  const request = getRequest("/stream?a=1&a=%20x+y&b", headers);
  const bare = client(request);
  const bareViewer = await next();
  // An empty line before it is allowed, and unusual.
  const ordinary = client(`\r\n${request}`);
  const ordinaryViewer = await next();
  const told = [bareViewer, ordinaryViewer].map(({ head, connection }) => [
    ...[head.method, head.path, head.address, connection.gzip, [...head.query]],
    ...["host", "last-event-id", "x-own", "missing"].map((name) => head.header(name)),
  ]);
  assert.deepEqual(told[0], told[1]);
  assert.deepEqual(told[0]?.slice(-4), ["localhost", "e-1", "a\tb", undefined]);
  assert.ok(isBare(await bare.until(/hello/)) && !isBare(await ordinary.until(/hello/)));
});

test("first request: what is no plain request for a stream is answered by node:http", async (t) => {
  const { client, viewers } = await fakePort(t);
  const answers = async (request: string, expected: RegExp) => {
    const answer = await client(request).until(expected);
    assert.ok(!isBare(answer), answer);
    assert.equal(answer.match(/HTTP\/1\.1 \d/g)?.length, 1, answer);
  };
  await answers(getRequest("/page"), /GET \/page/);
  await answers(getRequest("/stream?bad"), /^HTTP\/1\.1 400 .*expected good, found bad/s);
  await answers(getRequest("/stream").replace("GET", "HEAD"), /^HTTP\/1\.1 200 .*event-stream/s);
  await answers(getRequest("/stream").replace("GET", "POST"), /POST \/stream/);
  await answers(getRequest("/stream", { "Content-Length": "0" }), /Transfer-Encoding/);
  const upgrade = { Connection: "Upgrade", Upgrade: "websocket" };
  await answers(getRequest("/stream", upgrade), /Transfer-Encoding/);
  const h2c = { Connection: "Upgrade, HTTP2-Settings", Upgrade: "h2c", "HTTP2-Settings": "" };
  await answers(getRequest("/stream", h2c), /Transfer-Encoding/);
  await answers("GET /stream HTTP/1.1\r\n\r\n", /^HTTP\/1\.1 400 /);
  await answers("GET /stream HTTP/1.1\r\nHost: a b\r\n\r\n", /^HTTP\/1\.1 400 /);
  await answers("\u0016\u0003\u0001 hello", /^HTTP\/1\.1 400 /);
  await answers("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", /^HTTP\/1\.1 \d/);
  const flood = getRequest("/stream", { "X-Long": "x".repeat(20_000) });
  await answers(flood, /^HTTP\/1\.1 431 /);
  // HEAD, uploads and pages hold no place.
  assert.equal(viewers.length, 3);
});

test("first request: the guard decides alike both ways, and both say what it says", async (t) => {
  const guard = createGuard({
    host: "127.0.0.1",
    writeToken: undefined,
    readToken: "r1",
    allowedOrigins: ["https://ok.example"],
    allowedHosts: [],
  });
  const { client, viewers } = await fakePort(t, { guard });
  const refused = async (path: string, headers: Record<string, string>, expected: RegExp) => {
    assert.match(await client(getRequest(path, headers)).until(/\n$/), expected);
  };
  await refused("/stream?token=r1", { Host: "evil.example" }, /^HTTP\/1\.1 400 .*loopback names/s);
  await refused("/stream", {}, /www-authenticate: Bearer\r\n.*a token is needed/is);
  await refused("/stream?token=r2", {}, /not valid/);
  assert.equal(viewers.length, 0);
  for (const lead of ["", "\r\n"]) {
    const headers = { Authorization: "Bearer r1", Origin: "https://ok.example" };
    const answer = await client(lead + getRequest("/stream", headers)).until(/hello/);
    assert.equal(isBare(answer), lead === "");
    assert.match(answer, /\r\naccess-control-allow-origin: https:\/\/ok\.example\r\n/i);
    assert.match(answer, /\r\naccess-control-allow-credentials: true\r\n/i);
    await client(lead + getRequest("/stream", { Cookie: "a=b; plotcast_token=r1" })).until(/hello/);
  }
});

test("first request: HTTP/1.0 gets a body that ends with the connection", async (t) => {
  const { client, next } = await fakePort(t);
  const old = client(getRequest("/stream").replace("HTTP/1.1", "HTTP/1.0"));
  const { connection } = await next();
  connection.end();
  assert.match(await old.all(), /\r\n\r\nhello\n$/);
});

test("first request: a head that comes byte by byte is as good as one that comes at once", async (t) => {
  const { client, number } = await fakePort(t);
  const slow = client();
  await once(slow.socket, "connect");
  slow.socket.setNoDelay(true);
  for (const byte of getRequest("/stream")) {
    slow.socket.write(byte);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.match(await slow.until(/hello/), /^HTTP\/1\.1 200 /);
  assert.ok(number > 0);
});

test("first request: a page and then a stream on one connection, kept alive, and after it a page", async (t) => {
  const { client, next } = await fakePort(t);
  const kept = client(getRequest("/page"));
  await kept.until(/GET \/page/);
  kept.socket.write(getRequest("/stream"));
  const { connection, closed, told } = await next();
  await kept.until(/hello/);
  connection.end();
  await kept.until(/0\r\n\r\n$/);
  await closed;
  assert.deepEqual(told, ["closed"]);
  kept.socket.write(getRequest("/other"));
  await kept.until(/GET \/other/);
});

test("first request: what is pipelined behind a page is answered after it", async (t) => {
  const { client } = await fakePort(t);
  const answer = await client(getRequest("/page") + getRequest("/other")).until(/GET \/other/);
  assert.match(answer, /GET \/page.*HTTP\/1\.1 200 .*GET \/other/s);
});

test("first request: a stream pipelined behind a stream is refused, and holds no place", async (t) => {
  const { client, next, viewers } = await fakePort(t);
  const both = client(getRequest("/stream", { A: "1" }) + getRequest("/stream"));
  const { connection } = await next();
  await both.until(/hello/);
  connection.end();
  assert.match(await both.until(/retry/), /one stream at a time/);
  assert.equal(viewers.length, 1);
});

test("first request: what a viewer sends after its request is dropped", async (t) => {
  const { client, next } = await fakePort(t);
  const viewer = client(getRequest("/stream"));
  const { connection } = await next();
  await viewer.until(/hello/);
  viewer.socket.write(getRequest("/page"));
  // More than all buffers on the way hold.
  const junk = Buffer.alloc(32 << 20);
  await new Promise((resolve) => viewer.socket.write(junk, resolve));
  connection.end();
  assert.match(await viewer.all(), /\r\n\r\nhello\n$/);
});

test("first request: who says no more wants no more, as node:http has it", async (t) => {
  const { client, next } = await fakePort(t);
  for (const request of [getRequest("/stream"), `\r\n${getRequest("/stream")}`]) {
    const viewer = client();
    viewer.socket.end(request);
    const { closed, told, connection } = await next();
    assert.match(await viewer.all(), /hello/);
    await closed;
    assert.deepEqual(told, ["closed"]);
    assert.ok(connection.closed);
  }
});

test("first request: one who leaves without a word, or in the middle of one, harms nobody", async (t) => {
  const { client, next, viewers } = await fakePort(t);
  const request = getRequest("/stream");
  for (let sent = 0; sent < request.length; sent += 3) {
    const leaver = client();
    await once(leaver.socket, "connect");
    if (sent > 0) await new Promise((done) => leaver.socket.write(request.slice(0, sent), done));
    if (sent % 2) leaver.socket.resetAndDestroy();
    else leaver.socket.end();
    await leaver.ended;
  }
  assert.equal(viewers.length, 0);
  await client(request).until(/hello/);
  await next();
});

test("first request: a viewer that is cut at any byte of its answer is told of once", async (t) => {
  const { client, next } = await fakePort(t);
  for (let i = 0; i < 20; i++) {
    const viewer = client(getRequest("/stream"));
    const { connection, closed, told } = await next();
    if (i > 10) await viewer.until(/hello/);
    viewer.socket.resetAndDestroy();
    connection.write(Buffer.alloc(i * 1000));
    connection.write(Buffer.alloc(1));
    if (i % 2) connection.end();
    await closed;
    connection.write(Buffer.alloc(1));
    connection.end();
    connection.destroy();
    assert.deepEqual(
      told.filter((what) => what === "closed"),
      ["closed"],
    );
  }
});

test("first request: a connection that says nothing is closed after a while", async (t) => {
  const { client } = await fakePort(t, { headMs: 50 });
  const [silent, later] = [client(), client()];
  assert.equal(await silent.all(), "");
  assert.equal(await later.all(), "");
  const viewer = client(getRequest("/stream"));
  await viewer.until(/hello/);
  assert.equal(await client().all(), "");
  assert.equal(viewer.socket.destroyed, false);
});

test("first request: a thousand viewers that come at once are all served, and all told of", async (t) => {
  const { client, viewers } = await fakePort(t);
  const clients = Array.from({ length: 1000 }, () => client(getRequest("/stream")));
  await Promise.all(clients.map((each) => each.until(/hello\n$/)));
  assert.equal(viewers.length, 1000);
  for (const { socket } of clients) socket.destroy();
  await Promise.all(viewers.map(({ closed }) => closed));
  assert.ok(viewers.every(({ told }) => told.join() === "closed"));
});

test("first request: when the port closes, who has said nothing leaves, and viewers stay to the end", async (t) => {
  const { client, next, port, number } = await fakePort(t, { headMs: 3_600_000 });
  const silent = client();
  await once(silent.socket, "connect");
  const viewer = client(getRequest("/stream"));
  const { connection } = await next();
  const closed = port.close();
  assert.equal(await silent.all(), "");
  await assert.rejects(once(connect(number, "127.0.0.1"), "connect"), { code: "ECONNREFUSED" });
  connection.write(Buffer.from("bye\n"));
  connection.end();
  assert.match(await viewer.all(), /hello\nbye\n$/);
  await closed;
});

test("first request: all connections can be cut at once, whatever they are", async (t) => {
  const { client, next, port } = await fakePort(t);
  const silent = client();
  await once(silent.socket, "connect");
  const viewer = client(getRequest("/stream"));
  await next();
  const page = client(getRequest("/page"));
  await page.until(/GET \/page/);
  const unfinished = client("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1");
  await once(unfinished.socket, "connect");
  const closed = port.close();
  port.closeAll();
  await Promise.all([closed, silent.ended, viewer.ended, page.ended, unfinished.ended]);
});
