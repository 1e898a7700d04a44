import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
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
