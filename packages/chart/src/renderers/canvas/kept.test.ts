import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChartSpec, Draw, Frame, Line } from "../../renderer.ts";
import { columnOf } from "./columns.ts";
import { keptOf, shownOf } from "./kept.ts";

const plot = { left: 50, top: 10, width: 400, height: 100 };
/** A pixel is 100 ms. */
const span = 40_000;
const start = 1.79e12;
const margin = 3;

type Options = {
  pixels?: number;
  changedFrom?: number;
  firstSecond?: number;
  ticks?: number[];
  max?: number;
};

/** A sample each second; the view ends `pixels` after second 100. */
function frameOf({
  pixels = 0,
  changedFrom,
  firstSecond,
  ticks = [80],
  max = 9,
}: Options = {}): Frame {
  const to = start + 100_000 + pixels * 100;
  const view = { from: to - span, to };
  const first = firstSecond ?? Math.ceil((view.from - start) / 1000) - 1;
  const times = Float64Array.from({ length: 101 - first }, (_, i) => start + (first + i) * 1000);
  const line: Line = {
    times,
    values: times.map((_, i) => i % 7),
    starts: Uint8Array.from(times, (_, i) => (i === 0 ? 1 : 0)),
    length: times.length,
    marked: false,
    changedFrom: changedFrom === undefined ? Number.POSITIVE_INFINITY : start + changedFrom * 1000,
  };
  return {
    ...{ plot, view, lines: [line] },
    scales: [{ min: 0, max, log: false, side: "left", ticks: [] }],
    xTicks: ticks.map((second) => ({ at: start + second * 1000, text: String(second) })),
  };
}

function kept(a: Options, b: Options, draw: Draw = "line") {
  const style = { series: "a", color: "red", dash: [], width: 2, draw, scale: 0 };
  const spec = { lines: [style] } as unknown as ChartSpec;
  const [before, now] = [shownOf(frameOf(a)), shownOf(frameOf(b))];
  const found = keptOf(frameOf(b), spec, before, now, margin);
  // From the left edge of the plot, as it is now.
  const { left } = now.columns;
  return found && [found.from - left, found.to - left];
}

test("kept: when nothing has changed, everything is, but for what is after the last sample", () => {
  assert.deepEqual(kept({}, { changedFrom: 500 }), [-margin, 390 - margin]);
});

test("kept: when the window slides, all but the edges and the stroke at the end of the view", () => {
  assert.deepEqual(kept({}, { pixels: 2 }), [margin, 388 - margin]);
});

test("kept: what is after the last sample before a late one is not", () => {
  assert.deepEqual(kept({}, { pixels: 1, changedFrom: 80.5 }), [margin, 199 - margin]);
});

test("kept: a bar is as wide as its neighbours allow, so the one before it counts too", () => {
  assert.deepEqual(kept({}, { pixels: 1, changedFrom: 80.5 }, "bars"), [9, 189 - margin]);
});

test("kept: nothing, when the scale is another, the line begins elsewhere or the ticks are others", () => {
  assert.equal(kept({}, { max: 10 }), undefined);
  assert.equal(kept({ firstSecond: 59 }, { firstSecond: 70 }), undefined);
  assert.equal(kept({}, { pixels: 1, ticks: [80, 85] }), undefined);
  assert.equal(kept({}, { pixels: 0.5 }), undefined);
});

test("kept: ticks come and go at the edges", () => {
  assert.ok(kept({ ticks: [60, 80] }, { pixels: 2, ticks: [80, 100.1] }));
  const { columns } = shownOf(frameOf());
  assert.equal(columnOf(columns, start + 100_000), columns.right);
});
