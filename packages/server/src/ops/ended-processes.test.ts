import assert from "node:assert/strict";
import { test } from "node:test";
import { Durations } from "../hub/counters.ts";
import { EndedProcesses } from "./ended-processes.ts";
import { counter, counters, gauge, histogram, type Metric } from "./metric.ts";

/** What a process tells that has done `n` of everything. */
function told(n: number): Metric[] {
  const passes = new Durations([0.1]);
  for (let pass = 0; pass < n; pass++) passes.add(0.5);
  return [
    gauge("viewers", "", "sum", n),
    counter("deliveries_total", "", n),
    counters("cuts_total", "", "reason", { stalled: n, age: 2 * n }),
    histogram("pass_seconds", "", passes),
  ];
}

function valuesOf(ended: EndedProcesses): Record<string, number[]> {
  return Object.fromEntries(
    ended.counted.map(({ name, values }) => [name, values.map(({ value }) => value)]),
  );
}

test("ended processes: what they counted stays, what they were does not", () => {
  const ended = new EndedProcesses();
  ended.heard(1, told(3));
  ended.heard(1, told(5));
  assert.deepEqual(valuesOf(ended), {});
  ended.ended(1);
  assert.deepEqual(valuesOf(ended), {
    deliveries_total: [5],
    cuts_total: [5, 10],
    pass_seconds: [0, 5, 2.5, 5],
  });
});

test("ended processes: several are added up, and each is counted once", () => {
  const ended = new EndedProcesses();
  for (const process of [1, 2, 3]) ended.heard(process, told(process));
  for (const process of [1, 2, 2, 4]) ended.ended(process);
  assert.deepEqual(valuesOf(ended).deliveries_total, [3]);
  assert.deepEqual(valuesOf(ended).cuts_total, [3, 6]);
});
