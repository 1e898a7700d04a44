import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import type { Connection } from "../hub/connection.ts";
import { type FakeClient, fakePort, getRequest } from "./fake-port.ts";
import type { HttpConnection } from "./http-connection.ts";
import { OpenConnections } from "./open-connections.ts";
import type { HttpOptions } from "./serve-http.ts";
import { SocketConnection } from "./socket-connection.ts";

const ways = {
  "bare socket": getRequest("/stream"),
  // An empty line before it is allowed, and unusual: that one goes to node:http.
  "ordinary response": `\r\n${getRequest("/stream")}`,
};

/** A viewer that has got the first bytes, in each of the ways, on a port that cannot see into the kernel. */
async function eachWay(
  t: TestContext,
  options: Partial<HttpOptions>,
  check: (viewer: Awaited<ReturnType<typeof join>>) => Promise<void>,
) {
  for (const [way, request] of Object.entries(ways)) {
    await t.test(way, async (t) => {
      await check(await join(t, request, options));
    });
  }
}

async function join(t: TestContext, request: string, options: Partial<HttpOptions>) {
  const queues = { tableOf: () => undefined };
  const { client, next } = await fakePort(t, { queues, ...options });
  const asking = client(request);
  const viewer = await next();
  await asking.until(/hello\n/);
  return { ...viewer, client: asking };
}

const chunk = Buffer.alloc(64 * 1024, "#");

/** Writes until the kernel takes no more, and says how much that was. */
async function fill(connection: Connection): Promise<number> {
  let bytes = 0;
  while (!connection.full) {
    assert.ok(bytes < 256 << 20, "never full");
    for (; !connection.full; bytes += chunk.length) connection.write(chunk);
    // A response only hands over at the end of a turn.
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  return bytes;
}

test("connection: it is full when the viewer does not read, and drained when it has read", async (t) => {
  await eachWay(t, {}, async ({ connection, client, told }) => {
    client.socket.pause();
    // Enough for the kernel, and then some.
    const bytes = await fill(connection);
    assert.ok(connection.full);
    told.length = 0;
    client.socket.resume();
    while (client.socket.bytesRead < bytes) await once(client.socket, "data");
    while (told.at(-1) !== "drained") await new Promise((resolve) => setImmediate(resolve));
    assert.ok(!connection.full);
  });
});

test("connection: it is full with 16 KiB unsent, and not with less", async (t) => {
  await eachWay(t, {}, async ({ connection, told }) => {
    connection.cork();
    connection.write(Buffer.alloc(16 * 1024 - 1));
    assert.equal(connection.full, false);
    connection.write(Buffer.alloc(1));
    assert.equal(connection.full, true);
    connection.uncork();
    while (told.at(-1) !== "drained") await new Promise((resolve) => setImmediate(resolve));
    assert.equal(connection.full, false);
  });
});

test("connection: what fits in the buffers of a viewer that reads makes nobody wait", async (t) => {
  await eachWay(t, {}, async ({ connection, client }) => {
    connection.write(Buffer.alloc(8 * 1024, "#"));
    assert.ok(!connection.full);
    while (client.socket.bytesRead < 8 * 1024) await once(client.socket, "data");
  });
});

test("connection: what is written while corked arrives in order", async (t) => {
  await eachWay(t, {}, async ({ connection, client }) => {
    connection.cork();
    for (const text of ["a", "b", "c"]) connection.write(Buffer.from(text));
    connection.cork();
    connection.write(Buffer.from("d"));
    connection.uncork();
    connection.uncork();
    connection.write(Buffer.from("e\n"));
    await client.until(/a.*b.*c.*d.*e\n/s);
  });
});

test("connection: a viewer that takes nothing is cut after a while", async (t) => {
  await eachWay(t, { stallMs: 100 }, async ({ connection, client, told, closed }) => {
    client.socket.pause();
    await fill(connection);
    await closed;
    assert.ok(connection.closed);
    assert.equal(told.at(-1), "closed");
  });
});

test("connection: one that was late and has caught up may then be idle", async (t) => {
  await eachWay(t, { stallMs: 400 }, async ({ connection, client, told }) => {
    client.socket.pause();
    await fill(connection);
    client.socket.resume();
    while (told.at(-1) !== "drained") await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setTimeout(resolve, 900));
    assert.equal(connection.closed, false);
    connection.write(Buffer.from("still\n"));
    await client.until(/still\n/);
  });
});

test("connection: a viewer that takes little at a time is not cut", async (t) => {
  await eachWay(t, { stallMs: 150 }, async ({ connection, client }) => {
    client.socket.pause();
    await fill(connection);
    // Reads for three times as long as it may read nothing.
    const until = performance.now() + 450;
    while (performance.now() < until) {
      client.socket.resume();
      await Promise.race([once(client.socket, "data"), client.ended]);
      client.socket.pause();
      if (!connection.full) connection.write(chunk);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    assert.equal(connection.closed, false);
  });
});

test("connection: the end comes after all that was written, and nothing after it", async (t) => {
  await eachWay(t, {}, async ({ connection, client, told, closed }) => {
    client.socket.pause();
    const bytes = await fill(connection);
    connection.write(Buffer.from("last\n"));
    connection.end();
    connection.write(Buffer.from("late\n"));
    assert.ok(connection.closed);
    client.socket.resume();
    await whole(client);
    await closed;
    assert.equal(told.at(-1), "closed");
    assert.equal(client.text.replace(/[^#]/g, "").length, bytes);
    assert.match(client.text, /last\n/);
    assert.doesNotMatch(client.text, /late/);
  });
});

/** An ordinary response ends before its connection does. */
async function whole(client: FakeClient): Promise<void> {
  if (/Transfer-Encoding/i.test(client.text)) await client.until(/\r\n0\r\n\r\n$/);
  else await client.all();
}

test("connection: the end does not wait for ever for a viewer that does not read", async (t) => {
  await eachWay(t, { endMs: 50 }, async ({ connection, client, closed }) => {
    client.socket.pause();
    await fill(connection);
    connection.end();
    await closed;
  });
});

test("connection: an end that nobody is told of is none", async (t) => {
  await eachWay(t, {}, async ({ connection, told, closed }) => {
    connection.destroy();
    assert.ok(connection.closed);
    assert.deepEqual(told, []);
    await closed;
    assert.deepEqual(told, ["closed"]);
  });
});

test("connection: what the kernel hides counts as unsent, where that can be known", {
  skip: process.platform !== "linux",
}, async (t) => {
  await eachWay(t, { queues: {} }, async ({ connection, client, told }) => {
    client.socket.pause();
    // What the client's side takes is nobody's to know; the rest is in the kernel.
    const inside = connection as HttpConnection;
    for (let i = 0; !inside.isHidden; i++) {
      assert.ok(i < 1000, "never hidden");
      if (!connection.full) connection.write(chunk);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal(inside.unsent, 0);
    assert.ok(connection.full);
    told.length = 0;
    client.socket.resume();
    while (told.at(-1) !== "drained") await new Promise((resolve) => setTimeout(resolve, 1));
    assert.ok(!connection.full);
  });
});

test("connection: one that has left is not kept", async (t) => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const open = new OpenConnections();
  const address = server.address() as AddressInfo;
  open.listen(address);
  const client = connect(address.port, "127.0.0.1");
  const [socket] = (await once(server, "connection")) as [Socket];
  t.after(() => server.close());
  const connection = new SocketConnection(socket, Buffer.alloc(0), false, open);
  assert.equal(open.size, 1);
  const left = new Promise<void>((resolve) => {
    connection.listener = { drained: () => {}, closed: resolve };
  });
  client.destroy();
  await left;
  assert.equal(open.size, 0);
});
