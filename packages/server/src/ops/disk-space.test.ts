import assert from "node:assert/strict";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { DiskSpace } from "./disk-space.ts";

/** A disk of `size` megabytes, and a second hand that the test moves. */
async function watch(t: TestContext, size: number, free: number) {
  const off = new AbortController();
  t.after(() => off.abort());
  const disk = { free, looks: 0, broken: false };
  let waiting: (() => void)[] = [];
  const space = await DiskSpace.watch("/data", off.signal, {
    statfs: async (dir) => {
      assert.equal(dir, "/data");
      disk.looks++;
      if (disk.broken) throw new Error("EIO");
      return { bsize: 1_000, blocks: size * 1_000, bavail: disk.free * 1_000 };
    },
    later: (call, ms) => {
      assert.equal(ms, 1_000);
      waiting.push(call);
    },
  });
  /** A second passes. */
  const tick = async () => {
    const due = waiting;
    waiting = [];
    for (const call of due) call();
    await turn();
  };
  /** What an append is told by what the disk is like now. */
  const told = async () => {
    space.refusal();
    await tick();
    await tick();
    return space.refusal()?.message;
  };
  return { space, disk, off, tick, told };
}

test("disk space: at less than the reserve appends are refused, with what is free and what to do", async (t) => {
  const { space, disk, told } = await watch(t, 100_000, 5_000);
  assert.equal(await told(), undefined);
  disk.free = 64;
  assert.equal(await told(), undefined);
  disk.free = 63.999;
  assert.equal(
    await told(),
    'cannot append: only 63 MB are free on the disk of "/data"; free some space (at least 80 MB)',
  );
  assert.equal(space.refusal()?.code, "storage-full");
});

test("disk space: a refused sender is taken again by itself, and not at the edge", async (t) => {
  const { space, disk, tick } = await watch(t, 100_000, 5_000);
  disk.free = 1;
  space.refusal();
  await tick();
  await tick();
  assert.ok(space.refusal());
  disk.free = 79;
  await tick();
  await tick();
  assert.match(space.refusal()?.message ?? "", /only 79 MB/);
  disk.free = 80;
  await tick();
  // Nothing had to be refused for this to be found out.
  assert.equal(space.refusal(), undefined);
  disk.free = 65;
  await tick();
  assert.equal(space.refusal(), undefined);
});

test("disk space: a disk is looked at once a second while appends come, and else not at all", async (t) => {
  const { space, disk, tick } = await watch(t, 100_000, 5_000);
  assert.equal(disk.looks, 1);
  for (let second = 2; second < 10; second++) {
    for (let append = 0; append < 1_000; append++) space.refusal();
    await tick();
    assert.equal(disk.looks, second);
  }
  for (let second = 0; second < 10; second++) await tick();
  assert.equal(disk.looks, 9);
  space.refusal();
  assert.equal(disk.looks, 10);
});

test("disk space: on a small disk the reserve is a hundredth of it", async (t) => {
  const { disk, told } = await watch(t, 100, 80);
  disk.free = 1;
  assert.equal(await told(), undefined);
  disk.free = 0.999;
  assert.equal(
    await told(),
    'cannot append: only 0.9 MB are free on the disk of "/data"; free some space (at least 1.3 MB)',
  );
});

test("disk space: a disk that is nearly full from the start may be used up to half", async (t) => {
  const { disk, told } = await watch(t, 100_000, 10);
  disk.free = 5;
  assert.equal(await told(), undefined);
  disk.free = 4.9;
  assert.match((await told()) ?? "", /only 4.9 MB .*at least 6.3 MB/);
  disk.free = 5_000;
  assert.equal(await told(), undefined);
  disk.free = 63;
  assert.match((await told()) ?? "", /only 63 MB .*at least 80 MB/);
});

test("disk space: of a disk that says nothing, nothing is refused", async (t) => {
  const { disk, told } = await watch(t, 100_000, 5_000);
  disk.free = 1;
  assert.ok(await told());
  disk.broken = true;
  assert.equal(await told(), undefined);
});

test("disk space: after the signal nothing is looked at any more", async (t) => {
  const { disk, off, tick, told } = await watch(t, 100_000, 5_000);
  disk.free = 1;
  assert.ok(await told());
  const { looks } = disk;
  off.abort();
  for (let second = 0; second < 5; second++) await tick();
  assert.equal(disk.looks, looks);
});

test("disk space: a real folder has room, and its watch does not keep the process", async (t) => {
  const dir = mkdtempSync(join(tmpdir(), "plotcast-space-"));
  t.after(() => rmdirSync(dir));
  assert.equal((await DiskSpace.watch(dir, t.signal)).refusal(), undefined);
});
