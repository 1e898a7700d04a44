import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { boxed, panned, zoomed } from "./moves.ts";
import { samplesIn, spanLimits, Viewport } from "./viewport.ts";

const start = Date.UTC(2026, 0, 1);
const seen = { from: start, to: start + 60_000 };
const all = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

function pan(viewport: Viewport, ms: number): void {
  viewport.hold(panned(viewport.held ?? seen, ms, viewport.reach));
}

function viewport(reach = all) {
  const state = { changes: 0 };
  const made = new Viewport(
    () => state.changes++,
    () => reach,
  );
  return { made, state };
}

test("viewport: it follows until something is panned or zoomed, and then only a request ends that", () => {
  const { made, state } = viewport();
  assert.equal(made.held, undefined);
  pan(made, -10_000);
  assert.deepEqual(made.held, { from: start - 10_000, to: start + 50_000 });
  pan(made, 10_000);
  assert.deepEqual(made.held, seen);
  made.follow();
  made.follow();
  assert.deepEqual([made.held, state.changes], [undefined, 3]);
});

test("viewport: what is the same as before changes nothing", () => {
  const { made, state } = viewport();
  made.hold({ ...seen, y: { from: 0, to: 0.5 } });
  made.hold({ ...seen, y: { from: 0, to: 0.5 } });
  assert.equal(state.changes, 1);
  made.hold(seen);
  assert.equal(state.changes, 2);
  assert.equal(made.held!.y, undefined);
});

test("viewport: a stretch that is no stretch is not looked at", () => {
  const { made, state } = viewport();
  for (const from of [Number.NaN, Number.NEGATIVE_INFINITY]) made.hold({ from, to: start });
  assert.equal(state.changes, 0);
});

test("viewport: a stretch that is too short or too long is brought into limits around its middle", () => {
  const { made } = viewport();
  made.hold({ from: start, to: start + 1 });
  assert.deepEqual(made.held, { from: start - 4.5, to: start + 5.5 });
  made.hold({ from: start + 5, to: start - 5 });
  assert.deepEqual(made.held, { from: start - 5, to: start + 5 });
  made.hold({ from: -1e15, to: 1e15 });
  assert.equal(made.held!.to - made.held!.from, spanLimits.most);
});

test("viewport: zooming leaves the time under the pointer where it is, within limits", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (factor, at) => {
        const { from, to } = zoomed(seen, factor, at, all);
        const span = to - from;
        assert.ok(span >= spanLimits.least - 1e-3 && span <= spanLimits.most + 1);
        const [before, after] = [start + at * 60_000, from + at * span];
        assert.ok(Math.abs(before - after) < 1e-3 + span * 1e-9, `${after - before}`);
      },
    ),
  );
});

test("viewport: gestures stay in reach, and show all of it at most", () => {
  const reach = { from: start - 100_000, to: start + 60_000 };
  assert.deepEqual(panned(seen, 5000, reach), seen);
  assert.deepEqual(panned(seen, -1e9, reach), { from: reach.from, to: reach.from + 60_000 });
  assert.deepEqual(zoomed(seen, 1e6, 0.5, reach), reach);
  assert.deepEqual(zoomed(seen, 2, 0, reach), { from: start - 60_000, to: start + 60_000 });
});

test("viewport: what reaches less far than is shown stays at its newest end, and does not shrink", () => {
  const reach = { from: start + 50_000, to: start + 60_000 };
  assert.deepEqual(panned(seen, -1000, reach), seen);
  assert.deepEqual(zoomed(seen, 2, 0.5, reach), seen);
});

test("viewport: a box inside of a box is a part of that part", () => {
  const once = boxed(seen, { from: 0.25, to: 0.75 }, { from: 0.5, to: 1 });
  assert.deepEqual(once, {
    from: start + 15_000,
    to: start + 45_000,
    y: { from: 0.5, to: 1 },
  });
  const twice = boxed(once, { from: 0, to: 0.5 }, { from: 0, to: 0.5 });
  assert.deepEqual(twice, { from: start + 15_000, to: start + 30_000, y: { from: 0.5, to: 0.75 } });
  assert.deepEqual(boxed(twice, { from: 0, to: 1 }, undefined), twice);
});

test("viewport: panning and zooming in time leave the height as it was chosen", () => {
  const y = { from: 0.2, to: 0.4 };
  assert.deepEqual(panned({ ...seen, y }, 1000, all).y, y);
  assert.deepEqual(zoomed({ ...seen, y }, 0.5, 0.5, all).y, y);
});

test("viewport: boxes in boxes end before the digits do", () => {
  const { made } = viewport();
  for (let i = 0; i < 200; i++)
    made.hold(boxed(made.held ?? seen, { from: 0.4, to: 0.6 }, { from: 0.4, to: 0.6 }));
  const { from, to, y } = made.held!;
  assert.ok(to - from >= spanLimits.least && y!.to - y!.from >= 1e-6);
});

test("viewport: it counts what comes while it is held, from the moment it is held", () => {
  const { made } = viewport();
  made.arrived(5);
  assert.equal(made.news, 0);
  pan(made, -1000);
  made.arrived(5);
  pan(made, -1000);
  made.arrived(7);
  assert.equal(made.news, 12);
  made.follow();
  pan(made, -1000);
  assert.equal(made.news, 0);
});

test("viewport: only samples of series that are shown are news", () => {
  const columns = new Map([
    ["a", { times: [1, 2, 3], values: [1, null, 3] }],
    ["b", { times: [1], values: [1] }],
  ]);
  const shown = new Set(["a"]);
  assert.equal(
    samplesIn(columns, (series) => shown.has(series)),
    3,
  );
});

test("viewport: a time that no date has is not looked at", () => {
  let changes = 0;
  const viewport = new Viewport(() => changes++);
  viewport.hold({ from: 1e17, to: 1e17 + 1000 });
  assert.deepEqual([viewport.held, changes], [undefined, 0]);
});
