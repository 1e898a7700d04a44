import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { request } from "node:https";
import { connect as connectTcp } from "node:net";
import { type TestContext, test } from "node:test";
import { connect as connectTls } from "node:tls";
import { fakeCertificate } from "./fake-certificate.ts";
import { fakePort } from "./fake-port.ts";

async function securePort(t: TestContext, options: Parameters<typeof fakePort>[1] = {}) {
  const files = fakeCertificate(t);
  if (!files) return undefined;
  const { ca } = files;
  const fake = await fakePort(t, { tls: files, ...options });
  const http2 = async () => {
    const session = connectHttp2(fake.port.url, { ca });
    session.on("error", () => {});
    t.after(() => session.destroy());
    await once(session, "connect");
    return session;
  };
  return { ...fake, ca, http2 };
}

/** Resolves when it is closed, with an error or without. */
function closing(emitter: { on(event: "close", listener: () => void): unknown }): Promise<void> {
  return new Promise((resolve) => emitter.on("close", resolve));
}

type Session = ReturnType<typeof connectHttp2>;

/** One request on HTTP/2: its headers at once, its text as it comes. */
function ask(session: Session, headers: Record<string, string>, body = "") {
  const stream = session.request({ ":path": "/stream", ...headers });
  stream.setEncoding("latin1");
  stream.on("error", () => {});
  if (body !== "") stream.end(body);
  const asked = { text: "", head: {} as Record<string, unknown> };
  stream.on("response", (head) => {
    asked.head = head;
  });
  stream.on("data", (chunk: string) => {
    asked.text += chunk;
  });
  return {
    ...{ asked, stream, closed: closing(stream) },
    until: async (pattern: RegExp) => {
      while (!pattern.test(asked.text)) await once(stream, "data");
      return asked.text;
    },
  };
}

test("secure server: HTTP/2 has streams, pages and uploads side by side on one connection", async (t) => {
  const port = await securePort(t);
  if (!port) return;
  assert.match(port.port.url, /^https:\/\/127\.0\.0\.1:\d+$/);
  const session = await port.http2();
  const viewers = [ask(session, { "accept-encoding": "gzip" }), ask(session, {})];
  const [first, second] = [await port.next(), await port.next()];
  const page = ask(session, { ":path": "/page" });
  const upload = ask(session, { ":path": "/up", ":method": "POST" }, "21.4");
  await page.until(/GET \/page/);
  await upload.until(/POST \/up 21\.4/);
  for (const viewer of viewers) await viewer.until(/hello/);
  const { head } = viewers[0]!.asked;
  assert.equal(head[":status"], 200);
  assert.equal(head["content-type"], "text/event-stream");
  assert.equal(head["content-encoding"], "gzip");
  assert.equal(head.vary, "Origin, Accept-Encoding");
  assert.equal(head["x-content-type-options"], "nosniff");
  assert.deepEqual([first.connection.gzip, second.connection.gzip], [true, false]);
  assert.equal(first.head.header("host"), new URL(port.port.url).host);
  assert.equal(first.head.address, "127.0.0.1");
  first.connection.write(Buffer.from("more\n"));
  first.connection.end();
  assert.match(await viewers[0]!.until(/more/), /hello\nmore\n$/);
  await viewers[0]!.closed;
  await first.closed;
  assert.equal(second.connection.closed, false);
  viewers[1]!.stream.close();
  await second.closed;
  assert.deepEqual([first.told, second.told], [["closed"], ["closed"]]);
});

test("secure server: HTTP/1.1 has all that too", async (t) => {
  const port = await securePort(t);
  if (!port) return;
  const asked = request(`${port.port.url}/stream`, { ca: port.ca, agent: false }).end();
  const [response] = await once(asked, "response");
  assert.equal(response.headers["content-type"], "text/event-stream");
  assert.match(String((await once(response, "data"))[0]), /hello/);
  const { connection, closed } = await port.next();
  connection.end();
  response.resume();
  await once(response, "end");
  await closed;
});

test("secure server: HTTP/2 viewers are full, drained and cut as others are", async (t) => {
  const port = await securePort(t, { stallMs: 300 });
  if (!port) return;
  const session = await port.http2();
  const viewer = ask(session, {});
  const { connection, told, closed } = await port.next();
  await viewer.until(/hello/);
  viewer.stream.pause();
  const chunk = Buffer.alloc(64 * 1024, "#");
  const turn = () => new Promise((resolve) => setTimeout(resolve, 1));
  const fill = async () => {
    for (let quiet = 0; quiet < 20; quiet = connection.full ? quiet + 1 : 0) {
      if (!connection.full) connection.write(chunk);
      await turn();
    }
  };
  await fill();
  viewer.stream.resume();
  while (told.at(-1) !== "drained") await turn();
  viewer.stream.pause();
  await fill();
  await closed;
  assert.equal(told.at(-1), "closed");
});

test("secure server: what is no handshake, or none that ends, harms nobody", async (t) => {
  const port = await securePort(t, { headMs: 100 });
  if (!port) return;
  const plain = connectTcp(port.number, "127.0.0.1");
  plain.on("error", () => {});
  plain.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const silent = connectTcp(port.number, "127.0.0.1");
  await Promise.all([closing(plain), closing(silent)]);
  for (let i = 0; i < 20; i++) {
    const aborted = connectTls(port.number, "127.0.0.1", { ca: port.ca, ALPNProtocols: ["h2"] });
    aborted.on("error", () => {});
    if (i % 2) await once(aborted, "secureConnect");
    aborted.destroy();
  }
  await ask(await port.http2(), {}).until(/hello/);
});

test("secure server: when the port closes, streams under way stay to their end", async (t) => {
  const port = await securePort(t);
  if (!port) return;
  const session = await port.http2();
  const viewer = ask(session, {});
  const { connection } = await port.next();
  const closed = port.port.close();
  connection.write(Buffer.from("bye\n"));
  connection.end();
  await viewer.until(/bye/);
  await closed;
});

test("secure server: all connections can be cut at once", async (t) => {
  const port = await securePort(t);
  if (!port) return;
  const session = await port.http2();
  ask(session, {});
  const { closed: left } = await port.next();
  const silent = connectTcp(port.number, "127.0.0.1");
  silent.on("error", () => {});
  await once(silent, "connect");
  const all = [port.port.close(), left, closing(session), closing(silent)];
  port.port.closeAll();
  await Promise.all(all);
});
