import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as elapsed } from "node:timers/promises";
import { count, printTable, text } from "../store/figures.ts";
import { type Scratch, withScratch } from "../store/scratch.ts";
import { flagOr, viewersOr } from "./flags.ts";
import { metric } from "./metrics.ts";
import { openAll, withOwn } from "./own-rig.ts";
import { rssBytes, tcpBytes } from "./proc.ts";
import { buildPrograms, onPath, type Programs } from "./programs.ts";
import { progress, wallMs } from "./step.ts";

/*
 * Half of the viewers stop reading for a minute. What does that cost the server, and the others; and
 * do those who stopped get to know what they have missed?
 *
 * The kernel takes megabytes for a viewer before the server can notice anything, unless
 * `net.ipv4.tcp_notsent_lowat` is set. So it is measured in two network namespaces that are made for
 * it, one with 16 kB and one as Linux comes. Where none can be made: as the machine is.
 */
const [viewers = 1_000] = viewersOr([1_000]);
const seconds = flagOr("seconds", 60);
const perSecond = 1_000;
const variants = ["unset", "16384"] as const;
const inNamespace = process.env.BENCH_NOTSENT_LOWAT;

async function measure(scratch: Scratch, programs: Programs, name: string): Promise<string[]> {
  return withOwn(scratch, programs, { name }, async ({ server, publisher, load }) => {
    await openAll(load, viewers);
    await load.follow(true);
    await publisher.rate(perSecond);
    await elapsed(3_000);
    const rss = { before: rssBytes(server.pid), most: 0, tcpBefore: tcpBytes(), tcp: 0 };
    const calm = await healthyP99(Math.min(20, seconds));

    await load.stall(0.5, seconds);
    const began = wallMs();
    await load.window(began, began + seconds * 1000);
    while (wallMs() < began + seconds * 1000) {
      await elapsed(250);
      rss.most = Math.max(rss.most, rssBytes(server.pid));
      rss.tcp = Math.max(rss.tcp, tcpBytes());
    }
    await elapsed(1_000);
    const stalled = await load.report();
    await elapsed(9_000); // they read again
    rss.most = Math.max(rss.most, rssBytes(server.pid));
    const skipped = await metric(server.url, "plotcast_frames_skipped_total");
    await publisher.rate(0);
    await elapsed(1_000);
    const report = await load.report();
    const due = perSecond * seconds * (viewers / 2);
    if (stalled.healthy.samples !== due) {
      progress(`${name}: ${stalled.healthy.samples} of ${due} samples came to those who read`);
    }
    return [
      name,
      text((rss.most - rss.before) / 2 ** 20),
      text((rss.tcp - rss.tcpBefore) / 2 ** 20),
      text(calm),
      text(stalled.healthy.p99),
      text(stalled.healthy.p99 / calm),
      `${report.stalled.live} of ${report.stalled.viewers}`,
      skipped === undefined ? "-" : count(skipped),
      count(report.reduced + report.reduced_at_start),
      count(report.reduced_samples),
      count(report.closed + report.failed),
      count(report.healthy.missing),
      count(report.stalled.missing),
      count(report.twice),
    ];

    async function healthyP99(seconds: number): Promise<number> {
      const from = wallMs();
      await load.window(from, from + seconds * 1000);
      await elapsed(seconds * 1000 + 1_000);
      return (await load.report()).healthy.p99;
    }
  });
}

/** Runs this file once more, in a network namespace with that setting. False if there can be none. */
function runInNamespace(lowat: string): boolean {
  const set = lowat === "unset" ? "" : `echo ${lowat} > /proc/sys/net/ipv4/tcp_notsent_lowat && `;
  const script = `ip link set lo up && ${set}exec "$@"`;
  const asRoot = process.getuid?.() === 0 ? ["-n"] : ["-rn"];
  const unshare = onPath("unshare");
  if (!unshare || spawnSync(unshare, [...asRoot, "sh", "-c", "ip link set lo up"]).status !== 0) {
    return false;
  }
  const again = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const env = { ...process.env, BENCH_NOTSENT_LOWAT: lowat };
  const args = [...asRoot, "sh", "-c", script, "sh", ...again];
  return spawnSync(unshare, args, { stdio: "inherit", env }).status === 0;
}

const head = [
  "tcp_notsent_lowat",
  "RSS +MB",
  "kernel +MB",
  "p99 before, ms",
  "while stalled",
  "times",
  "live again",
  "skipped",
  "told reduced",
  "samples reduced",
  "cut",
  "missing",
  "of stalled",
  "twice",
];

if (inNamespace !== undefined || !variants.every((lowat) => runInNamespace(lowat))) {
  const setting = Number(readFileSync("/proc/sys/net/ipv4/tcp_notsent_lowat", "utf8"));
  await withScratch(async (scratch) => {
    const programs = buildPrograms(scratch.folder("programs"));
    const name = setting >= 2 ** 31 ? "unset" : count(setting);
    if (inNamespace === undefined) console.log("no network namespace can be made here");
    const row = await measure(scratch, programs, name);
    console.log(
      `half of ${count(viewers)} viewers stall for ${seconds} s, ${perSecond} samples a second`,
    );
    printTable(head, [row]);
  });
}
