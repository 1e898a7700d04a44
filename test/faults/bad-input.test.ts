import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { Readable } from "node:stream";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { runPlotcast } from "../plotcast-process.ts";

/** A server, and a check that it still takes samples and has not grown beyond `megabytes`. */
async function start(t: TestContext) {
  // As it is installed, for it is its memory that counts.
  const args = ["--port", "0", "--no-persist", "--log-level", "silent"];
  const server = await runPlotcast(t, args, { from: "build" });
  const post = (path: string, body: RequestInit["body"], headers = {}) =>
    fetch(`${server.url}${path}`, { method: "POST", body, headers, duplex: "half" } as RequestInit);
  const isWell = async (megabytes: number) => {
    assert.equal((await post("/well", "1")).status, 204);
    const rss = await server.memory();
    t.diagnostic(`${rss.toFixed(0)} MB resident`);
    assert.ok(rss < megabytes, `${rss} MB resident`);
  };
  const { hostname, port } = new URL(server.url);
  const open = () => connect(Number(port), hostname);
  return { server, post, isWell, open };
}

function bytes(length: number, fill: (chunk: Buffer) => Buffer): Readable {
  const chunk = fill(Buffer.alloc(65_536));
  return Readable.from(
    (function* () {
      for (let left = length; left > 0; left -= chunk.length) yield chunk.subarray(0, left);
    })(),
  );
}

async function textOf(socket: Socket): Promise<string> {
  let text = "";
  for await (const chunk of socket) text += chunk;
  return text;
}

test("bad input: binary garbage is one clear sentence, and harms nobody", async (t) => {
  const { post, isWell } = await start(t);
  let state = 1;
  const garbage = bytes(5e6, (chunk) => {
    for (let i = 0; i < chunk.length; i++) {
      state = (state * 48_271) % 0x7fffffff;
      chunk[i] = state & 255;
    }
    return chunk;
  });
  const response = await post("/temp", Readable.toWeb(garbage) as ReadableStream);
  assert.equal(response.status, 400);
  assert.match(await response.text(), /^line \d+: expected .+, found .+/);
  await isWell(200);
});

test("bad input: a line of 100 MB is skipped whole, its neighbours are kept, memory stays", async (t) => {
  const { server, post, isWell } = await start(t);
  const body = Readable.from(
    (async function* () {
      yield Buffer.from('{"a":1}\n{"b":"');
      yield* bytes(100e6, (chunk) => chunk.fill("x"));
      yield Buffer.from('"}\n{"c":3}\n');
    })(),
  );
  const response = await post("/v1/samples", Readable.toWeb(body) as ReadableStream);
  assert.equal(response.status, 400);
  assert.match(await response.text(), /^line 2: /);
  const { series } = (await (await fetch(`${server.url}/v1/series`)).json()) as {
    series: { series: string }[];
  };
  assert.deepEqual(series.map((entry) => entry.series).sort(), ["a", "c"]);
  await isWell(200);
});

test("bad input: beyond the limit a new series is refused by name, known ones go on", async (t) => {
  const { post } = await start(t);
  const names = Array.from({ length: 100_001 }, (_, i) => `{"n${i}":1}`).join("\n");
  const response = await post("/v1/samples", names);
  assert.equal(response.status, 400);
  assert.match(await response.text(), /^line 100001: .*"n100000".*100000/);
  assert.equal((await post("/v1/samples", '{"n7":2}')).status, 204);
  assert.equal((await post("/v1/samples", '{"another":2}')).status, 400);
  assert.equal((await post("/n8", "2")).status, 204);
});

test("bad input: a sender that is cut, half-closed or silent keeps nobody else waiting", async (t) => {
  const { server, isWell, open } = await start(t);
  const head = "POST /cut HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
  const halfClosed = open();
  halfClosed.end(`${head}5\r\n21.4\n\r\n0\r\n\r\n`);
  // Node takes the end of one direction for the end of both; what counts is that it does end.
  assert.match(await textOf(halfClosed), /^(HTTP\/1\.1 204.*)?$/s);
  const cut = open();
  cut.write(`${head}5\r\n21.5\n\r\n`);
  const silent = Array.from({ length: 50 }, open);
  for (const socket of silent) socket.write("POST /silent HTTP/1.1\r\nHost: local");
  for (;;) {
    const csv = await (await fetch(`${server.url}/v1/history?series=cut&format=csv`)).text();
    if (csv.includes(",21.5")) break;
    await delay(20);
  }
  cut.destroy();
  await isWell(200);
  for (const socket of silent) socket.destroy();
});

test("bad input: headers that come drop by drop are cut off", async (t) => {
  const { isWell, open } = await start(t);
  const slow = open();
  slow.on("error", () => {});
  slow.write("GET /v1/stream HTTP/1.1\r\nHost: localhost\r\n");
  const closed = once(slow, "close");
  const drops = setInterval(() => slow.write("X-Drop: 1\r\n"), 500);
  slow.resume();
  const ended = await Promise.race([closed.then(() => true), delay(30_000, false)]);
  clearInterval(drops);
  slow.destroy();
  assert.ok(ended, "still open after 30 s");
  await isWell(200);
});
