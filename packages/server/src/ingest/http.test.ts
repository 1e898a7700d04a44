import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import { createAdaptorServer } from "@hono/node-server";
import { type ErrorCode, PlotcastError, reservedSegments } from "@plotcast/protocol";
import { FakeIntake } from "./fake-intake.ts";
import { ingestRoutes } from "./http.ts";
import { SeriesLimit } from "./series-limit.ts";

type Body = string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;

async function post(path: string, body: Body, init: RequestInit & { maxSeries?: number } = {}) {
  const intake = new FakeIntake();
  const app = ingestRoutes(
    intake,
    init.maxSeries === undefined ? {} : { limit: new SeriesLimit(intake, init.maxSeries) },
  );
  const response = await app.request(path, {
    method: "POST",
    body,
    duplex: "half",
    ...init,
  } as RequestInit);
  return {
    status: response.status,
    lines: (await response.text()).split("\n").slice(0, -1),
    type: response.headers.get("content-type"),
    rows: intake.rows,
  };
}

async function takes(path: string, body: Body, ...rows: string[]) {
  const answer = await post(path, body);
  assert.deepEqual(answer.rows, rows);
  assert.deepEqual(answer.lines, []);
  assert.equal(answer.status, 204);
}

async function refuses(path: string, body: Body, ...lines: string[]) {
  const answer = await post(path, body);
  assert.deepEqual(answer.lines, lines);
  assert.equal(answer.status, 400);
  assert.match(answer.type ?? "", /^text\/plain/);
}

test("http: a number posted to a path is a sample of that series", async () => {
  await takes("/temp", "21.4", "temp=21.4");
  await takes("/room/temp/", "21.4", "room/temp=21.4");
  await takes("/%C3%BC%20x", "1", "ü x=1");
  await takes(
    `/${encodeURIComponent('temp{room="a/b",floor="1"}')}`,
    "1",
    'temp{floor="1",room="a/b"}=1',
  );
  await takes('/temp{host="a"}', "1", 'temp{host="a"}=1');
});

test("http: names in the body stand below the path", async () => {
  await takes("/host", "cpu=1&mem=2", "host.cpu=1", "host.mem=2");
  await takes("/host", '{"cpu":1}\n{"cpu":2}', "host.cpu=1", "host.cpu=2");
  await takes("/host", "cpu,mem\n1,2", "host.cpu=1", "host.mem=2");
});

test("http: without a path names come from the body", async () => {
  await takes("/v1/samples", "cpu=1 mem=2", "cpu=1", "mem=2");
  await takes("/v1/samples", '[{"series":"cpu","value":1}]', "cpu=1");
  await refuses(
    "/v1/samples",
    "21.4",
    "line 1: expected a name for the number, found 21.4; POST it to /<series>, or send name=value",
    "0 of 1 line kept",
  );
});

test("http: what curl claims about the body does not matter", async () => {
  const { status, rows } = await post("/temp", '{"value":1}', {
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
  assert.deepEqual({ status, rows }, { status: 204, rows: ["temp=1"] });
});

test("http: PUT is taken like POST, for that is what curl -T sends", async () => {
  assert.equal((await post("/temp", "1", { method: "PUT" })).status, 204);
  assert.equal((await post("/v1/samples", "a=1", { method: "PUT" })).status, 204);
});

test("http: each mistake is named by its line, and the good lines are kept", async () => {
  const answer = await post("/host", "cpu=1\ncpu=2\ncpu=n/a");
  assert.equal(answer.status, 400);
  assert.deepEqual(answer.lines, [
    'line 3: expected a number for "cpu", found "n/a"',
    "2 of 3 lines kept",
  ]);
  assert.deepEqual(answer.rows, ["host.cpu=1", "host.cpu=2"]);
  await refuses(
    "/host",
    "cpu=1 mem=x\ncpu=2",
    'line 1: expected a number for "mem", found "x"',
    "1 of 2 lines kept, 1 in part",
  );
  await refuses(
    "/host",
    '[{"cpu":1},{"cpu":"x"}]',
    'line 1: expected a number for "cpu", found "x"',
    "1 of 2 values kept",
  );
});

test("http: of many mistakes the first twenty are named", async () => {
  const { lines } = await post("/host", "cpu=n/a\n".repeat(37));
  assert.equal(lines.length, 22);
  assert.deepEqual(lines.slice(-2), ["… and 17 more", "0 of 37 lines kept"]);
});

test("http: an empty body is answered with three ways to fill it", async () => {
  for (const body of ["", "\n \n"]) {
    await refuses(
      "/room/temp",
      body,
      "expected numbers in the body, found nothing; three ways to send some:",
      "  curl -d 21.4 'http://localhost/room/temp'",
      "  curl -d 'cpu=12 mem=45' 'http://localhost/room/temp'",
      "  vmstat -n 1 | curl -T - 'http://localhost/room/temp'",
    );
  }
});

test("http: compressed bodies are read, whether they say so or not", async () => {
  const body = new Uint8Array(gzipSync("cpu=1\n"));
  for (const headers of [{}, { "content-encoding": "gzip" }]) {
    assert.deepEqual((await post("/host", body, { headers })).rows, ["host.cpu=1"]);
  }
  const { lines } = await post("/host", "cpu=1", { headers: { "content-encoding": "br" } });
  assert.deepEqual(lines, [
    'line 1: expected Content-Encoding gzip, zstd or none, found "br"',
    "0 of 1 line kept",
  ]);
});

test("http: a picture is one mistake", async () => {
  const body = new Uint8Array(5_000).map((_, i) => (i * 37 + i ** 2) % 256);
  await refuses(
    "/temp",
    body,
    "line 1: expected text in UTF-8, found binary data",
    (await post("/temp", body)).lines.at(-1)!,
  );
});

test("http: our own paths are refused", async () => {
  for (const segment of reservedSegments) {
    for (const path of [
      `/${segment}`,
      `/${segment}/x`,
      `/${segment.replace(/^./, (c) => `%${c.charCodeAt(0).toString(16)}`)}`,
    ]) {
      const { status, lines, rows } = await post(path, "1");
      assert.equal(status, 400);
      assert.match(
        lines[0]!,
        /^cannot take samples at .*: Plotcast keeps .* for itself; begin the name/,
      );
      assert.deepEqual(rows, []);
    }
  }
  await takes("/v1x", "1", "v1x=1");
  await takes("/my/v1", "1", "my/v1=1");
});

test("http: a path that is no series is refused before the body is read", async () => {
  await refuses(
    "/",
    "1",
    "cannot take samples at /: there is no series in the path; POST to /<series>, or to /v1/samples with names in the body",
  );
  await refuses("/%ff", "1", 'expected a path in UTF-8 with %-escapes, found "%ff"');
  await refuses("/a%0Ab", "1", 'expected a series name without "\\n", found "a\\nb"');
  await refuses("/a%7Bb", "1", 'expected "}" at the end of "a{b"');
  await refuses(
    `/${"x".repeat(201)}`,
    "1",
    "expected a series name of at most 200 characters, found 201",
  );
});

test("http: the limit of series is told by line", async () => {
  const { lines, rows } = await post("/h", "a=1 b=2\nc=3\na=4", { maxSeries: 2 });
  assert.deepEqual(rows, ["h.a=1", "h.b=2", "h.a=4"]);
  assert.deepEqual(lines, [
    'line 2: cannot take a new series "h.c": there are already 2, the limit; keep what changes, such as ids and times, out of names',
    "2 of 3 lines kept",
  ]);
});

test("http: the answer comes when the samples are durable, not before", async () => {
  const intake = new FakeIntake();
  const commit = Promise.withResolvers<void>();
  intake.wait = () => commit.promise;
  let answered = false;
  const response = ingestRoutes(intake).request("/temp", { method: "POST", body: "1" });
  void Promise.resolve(response).then(() => {
    answered = true;
  });
  while (intake.underWay === 0) await new Promise((resolve) => setImmediate(resolve));
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(answered, false);
  commit.resolve();
  assert.equal((await response).status, 204);
});

test("http: a body that goes on for hours is taken line by line", async () => {
  const intake = new FakeIntake();
  let send: (text: string) => void = () => {};
  let end = () => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      send = (text) => controller.enqueue(Buffer.from(text));
      end = () => controller.close();
    },
  });
  const init = { method: "POST", body, duplex: "half" } as RequestInit;
  const response = ingestRoutes(intake).request("/temp", init);
  for (const [i, text] of ["1\n", "2\n3", "\n"].entries()) {
    send(text);
    while (intake.rows.length < i + 1) await new Promise((resolve) => setImmediate(resolve));
  }
  assert.deepEqual(intake.rows, ["temp=1", "temp=2", "temp=3"]);
  end();
  assert.equal((await response).status, 204);
});

test("http: a failure of the log is answered by its kind", async () => {
  const answers: [ErrorCode, number, string | null][] = [
    ["storage-full", 507, null],
    ["unavailable", 503, "1"],
    ["closed", 503, "1"],
    ["too-large", 413, null],
  ];
  for (const [code, status, retryAfter] of answers) {
    const intake = new FakeIntake();
    intake.wait = async () => {
      throw new PlotcastError(code, "cannot append samples: the disk is full");
    };
    const response = await ingestRoutes(intake).request("/temp", { method: "POST", body: "1" });
    assert.equal(response.status, status);
    assert.equal(response.headers.get("retry-after"), retryAfter);
    assert.equal(await response.text(), "cannot append samples: the disk is full\n");
  }
});

test("http: a sender that goes away in the middle leaves its whole lines", async () => {
  const parts = ["1\n", "2\n3"];
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const part = parts.shift();
        if (part === undefined) controller.error(new Error("aborted"));
        else controller.enqueue(Buffer.from(part));
      },
    },
    { highWaterMark: 0 },
  );
  assert.deepEqual((await post("/temp", body)).rows, ["temp=1", "temp=2"]);
});

/** The routes on a port of their own. */
async function listening(t: TestContext, intake: FakeIntake): Promise<number> {
  const server = createAdaptorServer({ fetch: ingestRoutes(intake).fetch });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

test("http: a body is read to its end from a connection, and its answer waits for the log", async (t) => {
  const intake = new FakeIntake();
  const port = await listening(t, intake);
  const lines = Array.from({ length: 100_000 }, (_, i) => `${i}\n`).join("");
  const response = await fetch(`http://127.0.0.1:${port}/temp`, { method: "POST", body: lines });
  assert.equal(response.status, 204);
  assert.ok(intake.samples.every(({ value }, i) => value === i));
  assert.equal(intake.samples.length, 100_000);
});

test("http: a failure of the log in the middle of a body is answered", async (t) => {
  const intake = new FakeIntake();
  intake.wait = async () => {
    throw new PlotcastError("storage-full", "cannot append samples: the disk is full");
  };
  const port = await listening(t, intake);
  const call = request({ port, method: "POST", path: "/temp" });
  call.on("error", () => {}); // the rest of the body may find nobody who reads it
  call.end("1\n".repeat(5_000_000));
  const [response] = (await once(call, "response")) as [IncomingMessage];
  assert.equal(response.statusCode, 507);
  call.destroy();
});

test("http: a connection that breaks in the middle of a body leaves its whole lines", async (t) => {
  const intake = new FakeIntake();
  const port = await listening(t, intake);
  const call = request({ port, method: "POST", path: "/temp" });
  call.on("error", () => {});
  call.write("1\n2\n3");
  while (intake.rows.length < 2) await new Promise((resolve) => setImmediate(resolve));
  call.destroy();
  assert.deepEqual(intake.rows, ["temp=1", "temp=2"]);
});
