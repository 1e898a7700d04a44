import assert from "node:assert/strict";
import { test } from "node:test";
import { PlotcastError, type Sample } from "@plotcast/protocol";
import { feed } from "./demo.ts";
import { fakeTerminal } from "./fake-terminal.ts";

async function* times(...all: number[]) {
  yield* all;
}

const read = (time: number): Sample[] => [{ series: "random", time, value: time * 2 }];

test("demo: appends a reading for each second, with its time", async () => {
  const appended: Sample[] = [];
  const append = async (samples: readonly Sample[]) => appended.push(...samples);
  await feed({ append }, fakeTerminal(), times(1000, 2000), read);
  assert.deepEqual(appended, [...read(1000), ...read(2000)]);
});

test("demo: a second that cannot be kept is told once, and the next is tried", async () => {
  const terminal = fakeTerminal();
  const appended: number[] = [];
  const append = async ([sample]: readonly Sample[]) => {
    const { time } = sample!;
    if ([2000, 3000, 5000].includes(time)) {
      throw new PlotcastError("storage-full", `cannot keep samples: the disk is full (${time})`);
    }
    return appended.push(time);
  };
  await feed({ append }, terminal, times(1000, 2000, 3000, 4000, 5000), read);
  assert.deepEqual(appended, [1000, 4000]);
  const told = (time: number) => `plotcast: cannot keep samples: the disk is full (${time})\n`;
  assert.equal(terminal.said(), told(2000) + told(5000));
});

test("demo: a mistake of ours is not hidden", async () => {
  const append = async () => {
    throw new Error("BUG: no such batch");
  };
  await assert.rejects(feed({ append }, fakeTerminal(), times(1000), read), /BUG/);
});
