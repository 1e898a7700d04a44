import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { encodeFrame } from "@plotcast/protocol";
import { follow } from "./index.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function withServer(handler: Handler, use: (url: string) => Promise<void>) {
  const server = createServer(handler).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/stream`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const eventStream = { "content-type": "text/event-stream" };

test("follow: in Node, a connection reset by the server is resumed where it was cut", async () => {
  const asked: (string | undefined)[] = [];
  const handler: Handler = (request, response) => {
    const from = request.headers["last-event-id"] as string | undefined;
    asked.push(from);
    const first = Number(from?.slice(2) ?? 0) + 1;
    response.writeHead(200, eventStream);
    const recovery = from === undefined ? "fresh" : "exact";
    const head = { type: "hello", version: 1, epoch: "e", position: `e-${first - 1}` } as const;
    const rest = { serverTime: Date.now(), heartbeatMs: 15_000, series: [{ id: 1, series: "a" }] };
    let text = encodeFrame({ ...head, recovery, ...rest });
    for (let n = first; n < first + 3; n++) {
      const columns = new Map([[1, { times: [n], values: [n] }]]);
      const frame = { type: "samples", prev: `e-${n - 1}`, series: [], columns } as const;
      text += encodeFrame(frame, `e-${n}`);
    }
    response.write(text, () => request.socket.resetAndDestroy());
  };
  await withServer(handler, async (url) => {
    const off = new AbortController();
    const values: unknown[] = [];
    const states = new Set<string>();
    const environment = { random: () => 0 };
    for await (const change of follow({ url, signal: off.signal, environment })) {
      if (change.type === "status") states.add(change.status.state);
      if (change.type === "samples") values.push(...change.columns.get("a")!.values);
      if (values.length >= 12) off.abort();
    }
    assert.deepEqual(values, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    assert.deepEqual(asked.slice(0, 4), [undefined, "e-3", "e-6", "e-9"]);
    assert.deepEqual([...states], ["connecting", "live", "waiting", "ended"]);
  });
});

test("follow: in Node, leaving the loop closes the connection", async () => {
  const closed = Promise.withResolvers<void>();
  const handler: Handler = (request, response) => {
    response.writeHead(200, eventStream).write("data: 1\n\n");
    request.socket.once("close", () => closed.resolve());
  };
  await withServer(handler, async (url) => {
    for await (const change of follow({ url, signal: new AbortController().signal })) {
      if (change.type === "samples") break;
    }
    await closed.promise;
  });
});

test("follow: in Node, a slow reader slows the server down", async () => {
  const chunk = `data: ${JSON.stringify({ value: 1, pad: "x".repeat(10_000) })}\n\n`;
  let sent = 0;
  const full = Promise.withResolvers<void>();
  const handler: Handler = (_, response) => {
    response.writeHead(200, eventStream);
    while (sent < 20_000 && response.write(chunk)) sent++;
    // The kernel and fetch take some; then they stop, as we read nothing.
    const more = () => {
      while (sent < 20_000 && response.write(chunk)) sent++;
    };
    response.on("drain", more);
    let last = -1;
    const check = setInterval(() => {
      if (sent === last) full.resolve();
      last = sent;
    }, 100);
    response.on("close", () => clearInterval(check));
  };
  await withServer(handler, async (url) => {
    for await (const change of follow({ url, signal: new AbortController().signal })) {
      if (change.type !== "samples") continue;
      await full.promise;
      assert.ok(sent < 2000, `${sent} events of 10 kB were taken from the server`);
      break;
    }
  });
});
