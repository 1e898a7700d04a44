import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { endianness, tmpdir } from "node:os";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { KernelQueues, type Watched } from "./kernel-queues.ts";

const port = 8080;

class FakeWatched implements Watched {
  written = 0;
  unsent = 0;
  queueKey: Watched["queueKey"] = undefined;
  writtenAtLook = 0;
  taken = 0;
  takenAt = 0;
  isHidden = false;
  readonly told: string[] = [];

  hide(isHidden: boolean): void {
    this.isHidden = isHidden;
    this.told.push(isHidden ? "hidden" : "shown");
  }

  cut(): void {
    this.told.push("cut");
  }
}

/** One viewer at 10.0.0.9:80, and a table that the test writes. */
function watching(t: TestContext) {
  const folder = mkdtempSync(path.join(tmpdir(), "plotcast-queues-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const table = path.join(folder, "tcp");
  let now = 0;
  const queues = new KernelQueues({ now: () => now, tableOf: () => table });
  queues.listen({ port, family: "IPv4", address: "" });
  const viewer = new FakeWatched();
  const remoteAddress = endianness() === "LE" ? "10.0.0.9" : "9.0.0.10";
  queues.add(viewer, { remoteAddress, remotePort: 80 });
  /** A look at a moment when so much is queued, and so much was written in all. */
  const look = async (seconds: number, queued: number, written = viewer.written) => {
    now = seconds * 1000;
    viewer.written = written;
    const digits = queued.toString(16).toUpperCase().padStart(8, "0");
    writeFileSync(
      table,
      `  sl …\n   0: 0700000A:1F90 0900000A:0050 01 ${digits}:00000000 00:00000000 00000000\n`,
    );
    await queues.look();
    return viewer.told.splice(0).join();
  };
  return { queues, viewer, look };
}

test("kernel queues: a viewer with more than 64 KiB in the kernel is hidden until less than 16 are left", async (t) => {
  const { look } = watching(t);
  assert.equal(await look(1, 65_536, 1e6), "");
  assert.equal(await look(2, 65_537), "hidden");
  assert.equal(await look(3, 200_000), "");
  assert.equal(await look(4, 16_385), "");
  assert.equal(await look(5, 16_384), "shown");
  assert.equal(await look(6, 60_000), "");
});

test("kernel queues: whoever takes nothing for a minute is cut, however little is queued", async (t) => {
  const { look } = watching(t);
  assert.equal(await look(0, 10, 100), "");
  // Some is written on and on; none is taken.
  assert.equal(await look(30, 20, 110), "");
  assert.equal(await look(59, 30, 120), "");
  assert.equal(await look(60, 30, 120), "cut");
});

test("kernel queues: whoever takes a little now and then stays", async (t) => {
  const { look } = watching(t);
  assert.equal(await look(0, 50_000, 100_000), "");
  for (let seconds = 50; seconds < 500; seconds += 50)
    assert.equal(await look(seconds, 50_000 - seconds), "");
});

test("kernel queues: an idle viewer stays, and its minute begins with what is written to it", async (t) => {
  const { look } = watching(t);
  assert.equal(await look(0, 0, 100), "");
  assert.equal(await look(1000, 0, 100), "");
  assert.equal(await look(1010, 5, 105), "");
  assert.equal(await look(1050, 5, 105), "");
  assert.equal(await look(1060, 5, 105), "cut");
});

test("kernel queues: with something unsent in the process its own timer counts", async (t) => {
  const { look, viewer } = watching(t);
  await look(0, 10, 100);
  viewer.unsent = 1;
  assert.equal(await look(600, 10), "");
  viewer.unsent = 0;
  assert.equal(await look(601, 10), "cut");
});

test("kernel queues: one that has left is not looked for, and a missing table harms nobody", async (t) => {
  const { queues, look, viewer } = watching(t);
  queues.delete(viewer);
  assert.equal(await look(1, 100_000), "");
  const none = new KernelQueues({ tableOf: () => "/nowhere" });
  none.listen({ port, family: "IPv4", address: "" });
  none.add(viewer, { remoteAddress: "10.0.0.9", remotePort: 80 });
  await none.look();
  const elsewhere = new KernelQueues({ tableOf: () => undefined });
  elsewhere.listen({ port, family: "IPv4", address: "" });
  elsewhere.add(viewer, { remoteAddress: "10.0.0.9", remotePort: 80 });
  elsewhere.wantLook();
  await elsewhere.look();
});

test("kernel queues: a viewer that is written much is looked at soon, without anybody asking", async (t) => {
  const { queues, look, viewer } = watching(t);
  await look(0, 100_000);
  const told = Promise.withResolvers<void>();
  viewer.hide = () => told.resolve();
  viewer.isHidden = false;
  queues.wantLook();
  // Its timer keeps no process alive, and this one has nothing else to do.
  const alive = setInterval(() => {}, 1000);
  await told.promise;
  clearInterval(alive);
});

test("kernel queues: the real table shows who does not read, by IPv4 and by IPv6", {
  skip: process.platform !== "linux",
}, async (t) => {
  for (const [host, from] of [
    ["127.0.0.1", "127.0.0.1"],
    ["::", "127.0.0.1"],
    ["::1", "::1"],
  ] as const) {
    const server = createServer().listen(0, host);
    await once(server, "listening");
    const queues = new KernelQueues();
    const address = server.address() as import("node:net").AddressInfo;
    queues.listen(address);
    const client = connect(address.port, from);
    const [socket] = (await once(server, "connection")) as [Socket];
    t.after(() => {
      client.destroy();
      socket.destroy();
      server.close();
    });
    const viewer = new FakeWatched();
    queues.add(viewer, socket);
    client.pause();
    while (!socket.writableNeedDrain) socket.write(Buffer.alloc(256 * 1024));
    viewer.written = socket.bytesWritten;
    viewer.unsent = socket.writableLength;
    await queues.look();
    assert.deepEqual(viewer.told, ["hidden"], host);
    client.resume();
    while (client.bytesRead < socket.bytesWritten) await once(client, "data");
    viewer.unsent = 0;
    await queues.look();
    assert.deepEqual(viewer.told, ["hidden", "shown"], host);
    assert.equal(viewer.taken, viewer.written);
  }
});
