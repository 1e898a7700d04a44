import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { encodeText, streamBody } from "./stream-body.ts";

type Pieces = AsyncGenerator<Uint8Array<ArrayBuffer>, void>;

const piece = () => new Uint8Array(100_000);

/** Opens a real connection to a server that answers with these pieces. */
async function connect(t: TestContext, pieces: Pieces, headers: Record<string, string> = {}) {
  const errors: unknown[] = [];
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.onError((error, c) => c.text(error.message, 503));
  app.get("/", (c) => streamBody(c, pieces, headers, (error) => errors.push(error)));
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const asked = request({ port: (server.address() as AddressInfo).port, host: "127.0.0.1" });
  asked.end();
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  return { response, errors };
}

async function lengthOf(response: IncomingMessage): Promise<number> {
  let length = 0;
  for await (const chunk of response) length += chunk.length;
  return length;
}

test("stream body: it is all there, and as long as was said", async (t) => {
  async function* three() {
    for (let i = 0; i < 3; i++) yield piece();
  }
  const { response } = await connect(t, three(), { "Content-Length": "300000" });
  assert.equal(response.headers["content-length"], "300000");
  assert.equal(await lengthOf(response), 300_000);
});

test("stream body: a failure before the first piece is an answer of its own", async (t) => {
  async function* none(): Pieces {
    if (t.signal) throw new Error("no disk");
    yield piece();
  }
  const { response, errors } = await connect(t, none());
  assert.equal(response.statusCode, 503);
  assert.deepEqual(errors, []);
});

test("stream body: a failure later cuts the connection, so that nobody takes a part for all", async (t) => {
  async function* broken(): Pieces {
    yield piece();
    yield piece();
    throw new Error("no disk");
  }
  const said = t.mock.method(console, "error", () => {});
  const { response, errors } = await connect(t, broken());
  assert.equal(response.statusCode, 200);
  await assert.rejects(lengthOf(response), { code: "ECONNRESET" });
  assert.deepEqual(errors.map(String), ["Error: no disk"]);
  assert.equal(said.mock.callCount(), 0, "the adapter has nothing to add");
});

test("stream body: nothing is made that is not read, and who leaves ends it", async (t) => {
  let made = 0;
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  async function* endless(): Pieces {
    try {
      for (;;) {
        made++;
        yield piece();
      }
    } finally {
      resolve();
    }
  }
  const { response, errors } = await connect(t, endless());
  response.pause();
  // Until the socket is full, which is so when no turn makes more.
  let before: number;
  do {
    before = made;
    for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
  } while (made > before);
  assert.ok(made < 300, `${made} pieces`);
  response.destroy();
  await ended;
  assert.deepEqual(errors, []);
});

test("encode text: small pieces become large ones, and every character is there", async () => {
  async function* small() {
    for (let i = 0; i < 30_000; i++) yield "é🌡️\n";
  }
  const pieces = await Array.fromAsync(encodeText(small()));
  assert.equal(Buffer.concat(pieces).toString(), "é🌡️\n".repeat(30_000));
  assert.ok(pieces.length > 2 && pieces.length < 20, String(pieces.length));
});
