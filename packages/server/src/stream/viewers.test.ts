import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createConnection } from "node:net";
import { type TestContext, test } from "node:test";
import { openConnection } from "./node-connection.ts";
import { type Farewell, Viewers } from "./viewers.ts";

const bye: Farewell = (reason, retryMs) => `retry: ${retryMs}\ndata: ${reason}\n\n`;

/** Opens a real connection to a server that hands each response to `serve`. */
async function connect(t: TestContext, serve: (response: ServerResponse) => void) {
  const server = createServer((_, response) => serve(response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return async () => {
    const request = get({ port: (server.address() as AddressInfo).port, host: "127.0.0.1" });
    const [response] = (await once(request, "response")) as [IncomingMessage];
    return response;
  };
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response) text += chunk;
  return text;
}

test("viewers: there is room for so many; the next is told to come back, by a 200", async (t) => {
  const viewers = new Viewers(1, () => 0.5);
  const join = await connect(t, (response) => viewers.open(response, { "X-Own": "1" }, bye));
  const first = await join();
  assert.equal(first.headers["content-type"], "text/event-stream");
  assert.equal(first.headers["x-accel-buffering"], "no");
  assert.equal(first.headers["x-own"], "1");
  const second = await join();
  assert.equal(second.statusCode, 200);
  assert.match(await textOf(second), /retry: 3000\ndata: too many viewers/);
  assert.equal(viewers.count, 1);
});

test("viewers: one that leaves makes room", async (t) => {
  const viewers = new Viewers(1);
  let left: Promise<unknown> = Promise.resolve();
  const join = await connect(t, (response) => {
    const connection = viewers.open(response, {}, bye);
    if (connection) left = once(connection.closed, "abort");
  });
  (await join()).destroy();
  await left;
  assert.equal(viewers.count, 0);
});

test("viewers: before the end everyone is told, each at its own moment", async (t) => {
  const delays: number[] = [];
  let turn = 0;
  const viewers = new Viewers(9, () => (turn++ % 4) / 4);
  const join = await connect(t, (response) => viewers.open(response, {}, bye));
  const texts = [await join(), await join()].map(textOf);
  await viewers.drain(1000, async (ms) => delays.push(ms));
  assert.deepEqual(delays, [0, 250]);
  for (const text of await Promise.all(texts)) assert.match(text, /about to end/);
  assert.match(await textOf(await join()), /about to end/);
});

test("viewers: one that reads nothing is cut after a while, one that reads slowly is not", async (t) => {
  const stallMs = 300;
  const ends: string[] = [];
  let filled: Promise<unknown> = Promise.resolve();
  const join = await connect(t, (response) => {
    const connection = openConnection(response, {}, { stallMs });
    connection.closed.addEventListener("abort", () => ends.push(response.req.url ?? ""));
    const chunk = Buffer.alloc(1 << 20);
    filled = (async () => {
      for (let i = 0; i < 64 && !connection.closed.aborted; i++) {
        if (!connection.write(chunk)) await connection.drained();
      }
      connection.end();
    })();
  });
  const stalled = await join();
  stalled.pause();
  await filled;
  assert.equal(ends.length, 1);
  stalled.destroy();
  const slow = await join();
  let bytes = 0;
  for await (const part of slow) {
    bytes += part.length;
    if (bytes % 8 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(bytes, 64 << 20);
});

test("viewers: a stream pipelined behind another is refused, and holds no place", async (t) => {
  const viewers = new Viewers(9);
  const opened: unknown[] = [];
  const server = createServer((_, response) => {
    opened.push(viewers.open(response, {}, bye));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const socket = createConnection((server.address() as AddressInfo).port, "127.0.0.1");
  socket.write("GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n");
  await once(socket, "data");
  assert.equal(opened.length, 2);
  assert.equal(opened[1], undefined);
  assert.equal(viewers.count, 1);
  socket.destroy();
});
