import assert from "node:assert/strict";
import type { CpuInfo } from "node:os";
import { test } from "node:test";
import { createReadings } from "./readings.ts";

function core(busy: number, idle: number): CpuInfo {
  const times = { user: busy / 2, nice: 0, sys: busy / 4, idle, irq: busy / 4 };
  return { model: "", speed: 0, times };
}

/** A machine whose cores have been busy and idle for so many ms at each look. */
function machine(...looks: [busy: number, idle: number][][]) {
  let look = 0;
  return {
    cpus: () => looks[Math.min(look++, looks.length - 1)]!.map(([busy, idle]) => core(busy, idle)),
    freemem: () => 250,
    totalmem: () => 1000,
  };
}

function values(read: ReturnType<typeof createReadings>, time = 0) {
  return Object.fromEntries(read(time).map(({ series, value }) => [series, value]));
}

test("readings: cpu is the busy share since the reading before, over all cores", () => {
  const read = createReadings({
    machine: machine(
      [
        [1000, 9000],
        [0, 0],
      ],
      [
        [1800, 9200],
        [200, 800],
      ],
      [
        [1800, 10_200],
        [200, 1800],
      ],
    ),
  });
  assert.equal(values(read).cpu, 50);
  assert.equal(values(read).cpu, 0);
});

test("readings: cpu is left out while the system's counters stand still", () => {
  const read = createReadings({ machine: machine([[0, 0]], [[0, 0]], [[30, 70]]) });
  assert.deepEqual(Object.keys(values(read)), ["random", "memory"]);
  assert.equal(values(read).cpu, 30);
  assert.equal("cpu" in values(createReadings({ machine: machine([], []) })), false);
});

test("readings: cpu stays a percentage when counters run back", () => {
  const back = createReadings({ machine: machine([[100, 1000]], [[300, 900]]) });
  assert.equal(values(back).cpu, 100);
});

test("readings: memory is what is not free, random is uniform up to 100", () => {
  const randoms = [0, 0.123456, 0.999999];
  const read = createReadings({ random: () => randoms.shift()!, machine: machine([[1, 1]]) });
  assert.deepEqual(values(read), { random: 0, memory: 75 });
  assert.equal(values(read).random, 12.35);
  assert.equal(values(read).random, 100);
});

test("readings: all of one reading have its time", () => {
  const read = createReadings();
  assert.ok(read(5000).every(({ time }) => time === 5000));
});

test("readings: this machine's are percentages", () => {
  for (const [series, value] of Object.entries(values(createReadings())))
    assert.ok(value !== null && value >= 0 && value <= 100, `${series} ${value}`);
});
