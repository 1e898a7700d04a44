import os from "node:os";
import type { Sample } from "@plotcast/protocol";

/** The part of `node:os` that is charted. */
export type Machine = Pick<typeof os, "cpus" | "freemem" | "totalmem">;

/** What the numbers are made from. */
export type Sources = { readonly random?: () => number; readonly machine?: Machine };

/**
 * Makes the numbers of the demo: `random` (uniform, 0 to 100), and this machine's `cpu` and `memory`
 * in percent. `cpu` is the share of the time since the call before, over all cores, and is left out
 * where the system does not tell.
 */
export function createReadings({ random = Math.random, machine = os }: Sources = {}) {
  let before = cpuTimes(machine);
  return function read(time: number): Sample[] {
    const now = cpuTimes(machine);
    const total = now.total - before.total;
    const busy = total - (now.idle - before.idle);
    if (total > 0) before = now;
    const free = machine.freemem() / machine.totalmem();
    return [
      { series: "random", time, value: round(random() * 100, 2) },
      ...(total > 0 ? [{ series: "cpu", time, value: percent(busy / total) }] : []),
      { series: "memory", time, value: percent(1 - free) },
    ];
  };
}

function cpuTimes(machine: Machine): { total: number; idle: number } {
  let total = 0;
  let idle = 0;
  for (const { times } of machine.cpus()) {
    total += times.user + times.nice + times.sys + times.idle + times.irq;
    idle += times.idle;
  }
  return { total, idle };
}

// The kernel's counters are read one core after another and may run back by a tick.
function percent(share: number): number {
  return round(Math.min(1, Math.max(0, share)) * 100, 1);
}

function round(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
