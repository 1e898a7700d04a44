import { setTimeout as elapsed } from "node:timers/promises";
import { count, printTable, ratio, text } from "../store/figures.ts";
import { ask } from "../store/http.ts";
import { type Scratch, withScratch } from "../store/scratch.ts";
import { rowValue } from "./event-times.ts";
import { flagOr, isWanted, viewersOr } from "./flags.ts";
import { type Storm, startLoad } from "./load.ts";
import { metric } from "./metrics.ts";
import { nchan } from "./nchan.ts";
import { startServer } from "./ours.ts";
import { openAll, withOwn } from "./own-rig.ts";
import { cpuMs } from "./proc.ts";
import { buildPrograms, type Programs } from "./programs.ts";
import { naive } from "./self-paced.ts";
import { progress, wallMs } from "./step.ts";
import type { Running, System } from "./system.ts";

/*
 * Viewers who come. First a storm: 64 at a time connect, take a history of 100 samples, reset the
 * connection and come again. Then the herd: the server is killed under 10,000 viewers, and started
 * again; each tries every 50 to 150 ms and says where it was.
 */
const [viewers = 10_000] = viewersOr([10_000]);
const seconds = flagOr("seconds", 5);
const rounds = flagOr("rounds", 2);
const parallel = 64;
const history = 100;
// There is no metric of what the store was asked until it says so.
const readsMetric = "plotcast_store_reads_total";

type Stormed = {
  readonly storm: Storm;
  readonly cpuUs: number;
  readonly reads: number | undefined;
};

async function stormOn(
  scratch: Scratch,
  programs: Programs,
  running: Pick<Running, "pid" | "port" | "path" | "format">,
  url?: string,
): Promise<Stormed> {
  const load = startLoad(scratch, programs.client, running, { enough: history });
  const reads = async () => (url === undefined ? undefined : await metric(url, readsMetric));
  const before = { cpu: cpuMs(running.pid), reads: await reads() };
  const storm = await load.storm(seconds, parallel);
  const cpuUs = ((cpuMs(running.pid) - before.cpu) * 1000) / storm.connects;
  await load.stop();
  const after = await reads();
  return { storm, cpuUs, reads: after === undefined ? undefined : after - (before.reads ?? 0) };
}

async function ownStorm(scratch: Scratch, programs: Programs): Promise<Stormed> {
  const server = await startServer(scratch);
  const now = Date.now();
  const rows = Array.from(
    { length: history },
    (_, i) => `${now - 100 * i},${rowValue(history - i)}`,
  );
  await ask("POST", `${server.url}/v1/samples`, Buffer.from(`time,p\n${rows.join("\n")}\n`));
  const target = { ...server, path: "/v1/stream?series=p", format: "frames" as const };
  const stormed = await stormOn(scratch, programs, target, server.url);
  const { leastHistory, mostHistory } = stormed.storm;
  if (leastHistory !== history || mostHistory !== history) {
    console.log(`wrong: viewers got ${leastHistory} to ${mostHistory} samples of history`);
  }
  await server.stop();
  return stormed;
}

async function rivalStorm(
  scratch: Scratch,
  programs: Programs,
  system: System,
): Promise<Stormed | undefined> {
  const running = await system.start(scratch, programs, { history });
  if (!running) return undefined;
  await running.rate(history);
  await elapsed(1_500); // more than it keeps
  await running.rate(0);
  const stormed = await stormOn(scratch, programs, running);
  await running.stop();
  return stormed;
}

async function storms(scratch: Scratch, programs: Programs): Promise<void> {
  const found = new Map<string, Stormed[]>();
  for (let round = 0; round < rounds; round++) {
    for (const name of ["Plotcast", nchan.name, naive.name].filter(isWanted)) {
      const system = [nchan, naive].find((rival) => rival.name === name);
      const stormed = system
        ? await rivalStorm(scratch, programs, system)
        : await ownStorm(scratch, programs);
      if (!stormed) continue;
      progress(`${name}: ${Math.round(stormed.storm.connects / stormed.storm.seconds)} connects/s`);
      found.set(name, [...(found.get(name) ?? []), stormed]);
    }
  }
  const perSecond = ({ storm }: Stormed) => storm.connects / storm.seconds;
  // Of each its best round: what disturbs one only takes away.
  const best = [...found].map(
    ([name, all]) => [name, all.toSorted((a, b) => perSecond(b) - perSecond(a))[0]!] as const,
  );
  const own = best.find(([name]) => name === "Plotcast")?.[1];
  console.log(`${parallel} at a time, ${history} samples of history each`);
  printTable(
    [
      "",
      "connects/s",
      "p50, ms",
      "p99, ms",
      "µs/connect",
      "failed",
      "bytes each",
      "store reads",
      "ours is",
    ],
    best.map(([name, one]) => [
      name,
      count(perSecond(one)),
      text(one.storm.p50),
      text(one.storm.p99),
      text(one.cpuUs),
      count(one.storm.failed),
      count(one.storm.bytes / one.storm.connects),
      one.reads === undefined ? "-" : count(one.reads),
      own ? ratio(perSecond(own), perSecond(one)) : "-",
    ]),
  );
}

/** Kills the server and starts it again, at its port and with its data. */
async function herd(scratch: Scratch, programs: Programs): Promise<void> {
  const dir = scratch.folder("herd");
  const setup = { name: "herd", server: { dir }, publication: { connections: 1 } };
  await withOwn(scratch, programs, setup, async ({ server, publisher, load }) => {
    const { port } = server;
    await openAll(load, viewers);
    await load.follow(true);
    await publisher.rate(10);
    await elapsed(2_000);
    await publisher.rate(0);
    await elapsed(1_000);
    const before = await load.report();

    const killed = wallMs();
    await server.stop("SIGKILL");
    const again = await startServer(scratch, { port, dir });
    const listening = wallMs();
    let report = await load.report();
    for (let tries = 0; tries < 600 && report.served < viewers; tries++) {
      await elapsed(100);
      report = await load.report();
    }
    const reads = await metric(again.url, readsMetric);
    await publisher.rate(10);
    await elapsed(2_000);
    await publisher.rate(0);
    await elapsed(1_000);
    const after = await load.report();
    const { lastServedMs, exact, fresh, reset } = report;
    const { sent, failed } = await publisher.rate(0);
    const expected = sent * viewers;
    console.log(`\nThe server is killed under ${count(viewers)} viewers`);
    printTable(
      [
        "back",
        "of",
        "s after the kill",
        "s after it answered",
        "exact",
        "fresh",
        "reset",
        "store reads",
        "missing",
        "twice",
      ],
      [
        [
          count(report.served),
          count(viewers),
          text((lastServedMs - killed) / 1000),
          text((lastServedMs - listening) / 1000),
          count(exact - before.exact),
          count(fresh - before.fresh),
          count(reset - before.reset),
          reads === undefined ? "-" : count(reads),
          count(after.missing),
          count(after.twice),
        ],
      ],
    );
    if (failed > 0) console.log(`${failed} posts failed`);
    if (after.samples !== expected) console.log(`${after.samples} samples came, not ${expected}`);
    await again.stop();
  });
}

await withScratch(async (scratch) => {
  const programs = buildPrograms(scratch.folder("programs"));
  await storms(scratch, programs);
  if (isWanted("Plotcast")) await herd(scratch, programs);
});
