import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as elapsed } from "node:timers/promises";
import type { Sample } from "@plotcast/protocol";
import type { Log } from "../../packages/server/src/log/log.ts";
import { logFile } from "../../packages/server/src/log/log-file.ts";
import { blockOf, type SampleBlock } from "../../packages/server/src/log/sample-block.ts";
import { openSqliteLog } from "../../packages/server/src/log/sqlite-log.ts";
import { bytesOnDisk } from "../../packages/server/src/sqlite/database.ts";

/*
 * Durable ingest through the log alone: no HTTP, no parsing, nobody watching.
 *
 * Beside it what the bare disk needs for an append and a sync in the same minute, because no
 * acknowledgement can come sooner, and disks differ by a factor of a hundred.
 */
const seriesCount = 10_000;
const runMs = 5_000;
const bareDiskMs = 2_000;

/** Values as sensors give them: a slow walk with two decimals. */
function samplesAt(time: number): Sample[] {
  return Array.from({ length: seriesCount }, (_, index) => ({
    series: `host${index % 100}.cpu{core="${Math.floor(index / 100)}"}`,
    time: time + (index % 7),
    value: Math.round(5000 + 2000 * Math.sin(index + time / 60_000) + Math.random() * 100) / 100,
  }));
}

const seconds = Array.from({ length: 10 }, (_, second) =>
  samplesAt(1_700_000_000_000 + second * 1000),
);

/** Appends for `runMs`, `senders` calls of `perCall` samples at a time; with `paceMs`, at that rate. */
async function ingest(log: Log, perCall: number, senders: number, paceMs = 0) {
  const acks: number[] = [];
  const blocks = seconds.flatMap((second) => cut(second, perCall));
  const began = performance.now();
  const cpu = process.cpuUsage();
  let calls = 0;
  async function append(): Promise<void> {
    const block = blocks[calls++ % blocks.length]!;
    const sent = performance.now();
    await log.append(block);
    acks.push(performance.now() - sent);
  }
  async function send(): Promise<void> {
    while (performance.now() - began < runMs) await append();
  }
  if (paceMs === 0) await Promise.all(Array.from({ length: senders }, send));
  else await sendPaced(append, paceMs, began);
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  const samples = acks.length * perCall;
  return { rate: (samples / ms) * 1000, cpuUs: (user + system) / samples, acks };
}

function cut(samples: readonly Sample[], perCall: number): SampleBlock[] {
  return Array.from({ length: samples.length / perCall }, (_, call) =>
    blockOf(samples.slice(call * perCall, (call + 1) * perCall)),
  );
}

/** Does not wait for answers: a slow disk must not slow down what measures it. */
async function sendPaced(append: () => Promise<void>, paceMs: number, began: number) {
  const sent: Promise<void>[] = [];
  while (performance.now() - began < runMs) {
    while (sent.length * paceMs < performance.now() - began) sent.push(append());
    await elapsed(1);
  }
  await Promise.all(sent);
}

function bareDisk(dir: string): number[] {
  const file = openSync(join(dir, "bare"), "w");
  const bytes = Buffer.alloc(4096, "plotcast");
  const took: number[] = [];
  for (const began = performance.now(); performance.now() - began < bareDiskMs; ) {
    const start = performance.now();
    writeSync(file, bytes);
    fdatasyncSync(file);
    took.push(performance.now() - start);
  }
  closeSync(file);
  return took;
}

function quantiles(took: number[]): string {
  const sorted = took.toSorted((a, b) => a - b);
  const at = (q: number) => sorted[Math.floor((sorted.length - 1) * q)]!.toFixed(2).padStart(8);
  return `p50 ${at(0.5)} ms   p99 ${at(0.99)} ms`;
}

const root = mkdtempSync(join(tmpdir(), "plotcast-bench-"));
try {
  const log = await openSqliteLog(join(root, "log"), { keepMs: 3_600_000, maxBytes: 1e9 });
  // Every series once, so that none of the runs pays for making them known.
  await log.append(blockOf(seconds[0]!));
  const runs = [
    ["100 samples a call, 1 sender", () => ingest(log, 100, 1)],
    ["100 samples a call, 100 senders", () => ingest(log, 100, 100)],
    ["10,000 samples a call, 4 senders", () => ingest(log, 10_000, 4)],
    ["100 samples a call, 100 calls/s", () => ingest(log, 100, 1, 10)],
  ] as const;
  for (const [name, run] of runs) {
    const { rate, cpuUs, acks } = await run();
    const speed = `${Math.round(rate).toLocaleString("en").padStart(9)} samples/s`;
    console.log(
      `${name.padEnd(33)}${speed}   ${cpuUs.toFixed(2)} µs CPU each   ack ${quantiles(acks)}`,
    );
  }
  console.log(`${"bare disk, 4 kB + fdatasync".padEnd(66)}${quantiles(bareDisk(root))}`);
  const mb = Math.round(bytesOnDisk(logFile, join(root, "log")) / 1e6);
  console.log(`${log.head} batches, ${mb} MB on disk`);
  await log.close();
} finally {
  rmSync(root, { recursive: true });
}
