import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { openFilesLimit, seatsAdvice, seatsWithin } from "./fd-limit.ts";

const wanted = { viewers: 10_000, others: 2_000 };

test("fd limit: the soft limit is read, whatever stands around it", () => {
  const limits = `Limit                     Soft Limit           Hard Limit           Units
Max processes             63432                63432                processes
Max open files            20000                524288               files
`;
  assert.equal(
    openFilesLimit(() => limits),
    20_000,
  );
});

test("fd limit: where the system does not say, nothing is known", () => {
  const throwing = () => {
    throw new Error("ENOENT");
  };
  assert.equal(openFilesLimit(throwing), undefined);
  assert.equal(
    openFilesLimit(() => "Max open files  unlimited  unlimited  files"),
    undefined,
  );
});

test("fd limit: with enough, or nothing known, everybody has a seat", () => {
  const all = { viewers: 10_000, connections: 12_000 };
  assert.deepEqual(seatsWithin(undefined, wanted), all);
  assert.deepEqual(seatsWithin(12_100, wanted), all);
  assert.equal(seatsAdvice(12_100, 10_000, all), undefined);
});

test("fd limit: with too few, viewers give way to the others, and all to the database", () => {
  assert.deepEqual(seatsWithin(12_099, wanted), { viewers: 9_999, connections: 11_999 });
  assert.deepEqual(seatsWithin(1024, wanted), { viewers: 739, connections: 924 });
  assert.equal(
    seatsAdvice(1024, 10_000, seatsWithin(1024, wanted)),
    'only 739 viewers fit in, not 10000: this process may have 1024 files open; raise that with "ulimit -n" or LimitNOFILE=',
  );
  // Few viewers are no reason to give up seats for others.
  assert.deepEqual(seatsWithin(1024, { viewers: 10, others: 2_000 }), {
    viewers: 10,
    connections: 924,
  });
  for (let limit = 1; limit < 300; limit++) {
    const { viewers, connections } = seatsWithin(limit, wanted);
    assert.ok(viewers >= 1 && viewers < connections, `${limit}`);
  }
});

const child = `
import { closeSync, openSync } from "node:fs";
import { createServer } from "node:net";
import { openFilesLimit, seatsWithin } from ${JSON.stringify(import.meta.resolve("./fd-limit.ts"))};
const limit = openFilesLimit();
const { connections } = seatsWithin(limit, { viewers: 10_000, others: 2_000 });
let dropped = 0;
const server = createServer((socket) => socket.on("error", () => {}));
server.maxConnections = connections;
server.on("drop", () => dropped++);
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("data", () => {
  closeSync(openSync("/dev/null", "r"));
  console.log(JSON.stringify({ limit, connections, dropped }));
  process.exit();
});
`;

const skip = process.platform === "linux" ? false : "it reads /proc";
test("fd limit: more connections than descriptors leave a server that can open files, and knows", {
  skip,
}, async (t) => {
  const args = [
    "-c",
    'ulimit -n 150; exec "$0" --input-type=module -e "$1"',
    process.execPath,
    child,
  ];
  const server = spawn("sh", args, { stdio: ["pipe", "pipe", "inherit"] });
  t.after(() => server.kill());
  const lines = createInterface(server.stdout)[Symbol.asyncIterator]();
  const port = Number((await lines.next()).value);
  const sockets = Array.from({ length: 300 }, () =>
    connect(port, "127.0.0.1").on("error", () => {}),
  );
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  const closed = await firstClosed(sockets, 225);
  server.stdin.write("?");
  const { value: told = "" } = await lines.next();
  assert.deepEqual(JSON.parse(told), {
    limit: 150,
    connections: 75,
    dropped: 225,
  });
  assert.equal(closed, 225);
});

/** Resolves once so many are closed. */
function firstClosed(sockets: ReturnType<typeof connect>[], wanted: number): Promise<number> {
  let closed = 0;
  return new Promise((resolve) => {
    for (const socket of sockets) {
      socket.resume();
      void once(socket, "close").then(() => ++closed === wanted && resolve(closed));
    }
  });
}
