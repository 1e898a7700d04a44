import { setTimeout as elapsed } from "node:timers/promises";
import { sayOnce } from "../store/figures.ts";
import type { Load, Report } from "./load.ts";
import { cpuMs } from "./proc.ts";
import type { Running } from "./system.ts";

/** What one rate came to. */
export type Step = {
  readonly perSecond: number;
  /** Samples delivered a second, to all viewers together, that were due in the window. */
  readonly points: number;
  /** Of those that were due, how many had come when a second more had passed. */
  readonly delivered: number;
  readonly p50: number;
  readonly p99: number;
  /** Events that came; ours hold many samples when many are due. */
  readonly eventsPerSecond: number;
  /** Of the server, user and system, for each event of each viewer, in µs. */
  readonly cpuPerEventUs: number;
  /** Of the server: 1 is all of its core. */
  readonly cpu: number;
  /** Of the viewers' process. Near 1 it is that which is measured. */
  readonly loadCpu: number;
  readonly bytesPerEvent: number;
  readonly bytesPerPoint: number;
  readonly report: Report;
};

export type StepOptions = {
  readonly seconds: number;
  readonly settleMs?: number;
  readonly drainMs?: number;
  /** Size of an event, for the floor. */
  readonly bytes?: number | undefined;
};

/** Tells whoever waits, and not whoever keeps the results. */
export function progress(line: string): void {
  console.error(`  ${new Date().toISOString().slice(11, 19)} ${line}`);
}

export function wallMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Has so many events a second sent for a while, and tells how that went. */
export async function measureStep(
  running: Pick<Running, "name" | "pid" | "rate">,
  load: Load,
  viewers: number,
  perSecond: number,
  { seconds, settleMs = 500, drainMs = 1_000, bytes }: StepOptions,
): Promise<Step> {
  await running.rate(perSecond, bytes);
  await elapsed(settleMs);
  const from = wallMs();
  await load.window(from, from + seconds * 1000);
  const before = { ...(await counted(load, running)) };
  await elapsed(Math.max(0, from + seconds * 1000 - wallMs()));
  const after = await counted(load, running);
  await elapsed(drainMs);
  const report = await load.report();

  const tookMs = after.at - before.at;
  const events = after.report.events - before.report.events;
  const wire = after.report.wire_bytes - before.report.wire_bytes;
  const loadCpu = (after.loadMs - before.loadMs) / tookMs;
  const { p50, p99, samples } = report.healthy;
  progress(
    `${running.name}, ${viewers} viewers, ${perSecond.toFixed(1)}/s: ${Math.round(samples / seconds)} points/s, p50 ${p50} ms, p99 ${p99} ms`,
  );
  if (loadCpu > 0.9) {
    const share = Math.round(loadCpu * 100);
    sayOnce(
      `${running.name}: at ${Math.round(perSecond * viewers)}/s the load client took ${share} % of its core`,
    );
  }
  return {
    perSecond,
    points: samples / seconds,
    delivered: samples / (perSecond * seconds * viewers),
    p50,
    p99,
    eventsPerSecond: (events * 1000) / tookMs,
    cpuPerEventUs: ((after.serverMs - before.serverMs) * 1000) / events,
    cpu: (after.serverMs - before.serverMs) / tookMs,
    loadCpu,
    bytesPerEvent: wire / events,
    bytesPerPoint: wire / (after.report.samples - before.report.samples),
    report,
  };
}

async function counted(load: Load, { pid }: Pick<Running, "pid">) {
  const report = await load.report();
  return { report, at: performance.now(), serverMs: cpuMs(pid), loadMs: cpuMs(load.pid) };
}

/** Ends the events and waits until no more come, for at most ten seconds. */
export async function quiet(running: Pick<Running, "rate">, load: Load): Promise<void> {
  await running.rate(0);
  for (let seen = -1, tries = 0; tries < 20; tries++) {
    const { samples } = await load.report();
    if (samples === seen) return;
    seen = samples;
    await elapsed(500);
  }
}
