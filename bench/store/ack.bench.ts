import path from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as elapsed } from "node:timers/promises";
import type { NodeChild } from "./child.ts";
import { startChild } from "./child.ts";
import type { DiskAnswer, DiskQuestion } from "./disk-child.ts";
import { count, printTable, quantile, scaled, text } from "./figures.ts";
import { Feeder, manySeries, namesOf, type Ours, openOurs, sealedIn } from "./ours.ts";
import { withScratch } from "./scratch.ts";

/*
 * How long a sender waits at 10,000 series of one sample a second, which come in calls of 100, and
 * how long the thread that serves stands still meanwhile. No HTTP.
 *
 * No acknowledgement can come before the disk has synced. So the disk is measured by itself, in
 * turns with us: disks differ by a factor of a hundred, and this one from minute to minute.
 *
 * Then the worst: all series have had the same number of samples, and fill their chunks at the same
 * time, as fast as the store takes them in.
 */
const series = 10_000;
const perCall = 100;
const rounds = 5;
const steadyMs = scaled(6_000, 500);
const diskMs = scaled(3_000, 500);
const heldByEach = scaled(760, 10);
const moreForEach = scaled(540, 10);
const maxFillMs = scaled(30_000, 500);
const loopResolutionMs = 1;

type Waits = { readonly acks: number[]; readonly disk: number[]; stallMs: number };

/** Calls at their pace for as long as `until` says; does not wait for answers before the next. */
async function sendPaced(ours: Ours, feeder: Feeder, until: () => boolean, into: Waits) {
  const everyMs = (1000 * perCall) / series;
  const loop = monitorEventLoopDelay({ resolution: loopResolutionMs });
  const sent: Promise<void>[] = [];
  const call = async () => {
    const began = performance.now();
    await ours.log.append(feeder.next(perCall));
    into.acks.push(performance.now() - began);
  };
  loop.enable();
  for (const began = performance.now(); !until(); await elapsed(1)) {
    while (sent.length * everyMs < performance.now() - began) sent.push(call());
  }
  await Promise.all(sent);
  loop.disable();
  into.stallMs = Math.max(into.stallMs, loop.max / 1e6);
}

/** Resolves to how many chunks it made, once every series has got one or there was time enough. */
async function fillChunks(ours: Ours, feeder: Feeder): Promise<number> {
  const before = await sealedIn(ours);
  const latest = performance.now() + maxFillMs;
  await feeder.feed(series * moreForEach);
  for (;;) {
    const made = (await sealedIn(ours)).chunks - before.chunks;
    if (made >= series || performance.now() > latest) return made;
    await elapsed(250);
  }
}

async function syncDisk(disk: NodeChild<DiskAnswer>, file: string, into: Waits) {
  const question: DiskQuestion = { file, perSecond: (series / perCall) * 2, ms: diskMs };
  into.disk.push(...(await disk.ask(question)).took);
}

function row(name: string, { acks, disk, stallMs }: Waits): string[] {
  const quantiles = (took: number[]) => [0.5, 0.99, 1].map((q) => text(quantile(took, q)));
  return [name, ...quantiles(acks), ...quantiles(disk), text(stallMs)];
}

await withScratch(async (scratch) => {
  const dir = scratch.folder("ours");
  const file = path.join(dir, "bare");
  const disk = startChild<DiskAnswer>(scratch, "disk-child.ts");
  const ours = await openOurs(dir);
  const total = (heldByEach + moreForEach) * 1000 + rounds * steadyMs;
  const start = Math.floor(Date.now() / 1000) * 1000 - total;
  const feeder = new Feeder(ours, manySeries("walk", namesOf(series), start));
  // Its own series, since the others are being filled up in bulk.
  const paced = new Feeder(ours, manySeries("cpu", namesOf(series, "cpu"), start));

  await feeder.feed(series * heldByEach);
  const steady: Waits = { acks: [], disk: [], stallMs: 0 };
  for (let round = 0; round < rounds; round++) {
    const end = performance.now() + steadyMs;
    await sendPaced(ours, paced, () => performance.now() >= end, steady);
    await syncDisk(disk, file, steady);
  }

  const herd: Waits = { acks: [], disk: [], stallMs: 0 };
  const began = performance.now();
  let ended = false;
  const filling = fillChunks(ours, feeder).finally(() => {
    ended = true;
  });
  await sendPaced(ours, paced, () => ended, herd);
  const made = await filling;
  const tookMs = performance.now() - began;
  await syncDisk(disk, file, herd);

  printTable(
    ["ms", "ack p50", "p99", "max", "disk p50", "p99", "max", "longest stall"],
    [row("10,000 series × 1 Hz", steady), row("while all chunks fill up", herd)],
  );
  console.log(
    `${text((series * moreForEach) / 1e6)} M samples made ${count(made)} chunks in ${text(tookMs / 1000)} s; stalls are measured to ${loopResolutionMs} ms, which is in them`,
  );
  await ours.close();
});
