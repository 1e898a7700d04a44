import assert from "node:assert/strict";
import { test } from "node:test";
import { joinGroup } from "./sync.ts";
import { Viewport } from "./viewport.ts";
import type { View } from "./window.ts";

const a: View = { from: 1000, to: 2000 };
const b: View = { from: 5000, to: 6000 };

/** A chart as far as a group sees it: it says whatever it is told, as charts do. */
function chart(name: string) {
  const off = new AbortController();
  const told: (number | undefined)[] = [];
  let changes = 0;
  const viewport = new Viewport(() => {
    changes++;
    voice?.look(viewport.held);
  });
  let voice: ReturnType<typeof joinGroup> | undefined;
  voice = joinGroup(
    name,
    {
      pointed: (time) => {
        told.push(time);
        voice?.point(time);
      },
      looked: (view) => (view ? viewport.hold(view) : viewport.follow()),
    },
    off.signal,
  );
  return { voice, viewport, told, off, changes: () => changes };
}

test("sync: what one chart is held at, all of its group are, each told once", () => {
  const charts = [chart("one"), chart("one"), chart("one")];
  const other = chart("two");
  charts[0]!.viewport.hold(a);
  assert.deepEqual(
    charts.map(({ viewport, changes }) => [viewport.held, changes()]),
    [
      [a, 1],
      [a, 1],
      [a, 1],
    ],
  );
  charts[2]!.viewport.hold(b);
  assert.deepEqual(charts[0]!.viewport.held, b);
  charts[1]!.viewport.follow();
  assert.ok(charts.every(({ viewport, changes }) => !viewport.held && changes() === 3));
  assert.equal(other.changes(), 0);
  for (const { off } of [...charts, other]) off.abort();
});

test("sync: who comes later is where the others are", () => {
  const first = chart("late");
  first.viewport.hold(a);
  const second = chart("late");
  assert.deepEqual(second.viewport.held, a);
  assert.equal(first.changes(), 1);
  first.off.abort();
  second.off.abort();
});

test("sync: of a box only the time is shared", () => {
  const charts = [chart("box"), chart("box")];
  charts[0]!.viewport.hold({ ...a, y: { from: 0, to: 0.5 } });
  assert.deepEqual(charts[1]!.viewport.held, a);
  assert.deepEqual(charts[0]!.viewport.held!.y, { from: 0, to: 0.5 });
  for (const { off } of charts) off.abort();
});

test("sync: the crosshair of one is that of all, and goes with it", () => {
  const charts = [chart("cross"), chart("cross")];
  charts[0]!.voice.point(7);
  charts[0]!.voice.point(7);
  charts[0]!.voice.point(8);
  charts[0]!.voice.point(undefined);
  assert.deepEqual(charts[1]!.told, [7, 8, undefined]);
  assert.deepEqual(charts[0]!.told, []);
  for (const { off } of charts) off.abort();
});

test("sync: a pointer that is in the next chart already does not leave it with the one before", () => {
  const charts = [chart("next"), chart("next")];
  charts[0]!.voice.point(7);
  charts[1]!.voice.point(9);
  charts[0]!.voice.point(undefined);
  assert.deepEqual([charts[0]!.told, charts[1]!.told], [[9], [7]]);
  for (const { off } of charts) off.abort();
});

test("sync: who has left is told nothing, says nothing, and takes its crosshair along", () => {
  const charts = [chart("leave"), chart("leave")];
  charts[0]!.voice.point(7);
  charts[0]!.off.abort();
  assert.deepEqual(charts[1]!.told, [7, undefined]);
  charts[0]!.viewport.hold(a);
  assert.equal(charts[1]!.viewport.held, undefined);
  charts[1]!.viewport.hold(b);
  assert.deepEqual(charts[0]!.viewport.held, a);
  charts[1]!.off.abort();
});

test("sync: a group that everybody has left is forgotten, with what it was held at", () => {
  const before = chart("again");
  before.viewport.hold(a);
  before.off.abort();
  const after = chart("again");
  assert.equal(after.viewport.held, undefined);
  after.off.abort();
});

test("sync: a chart that cannot go where the others are does not pull them back", () => {
  const charts = [chart("limits"), chart("limits")];
  const off = new AbortController();
  let told = 0;
  const stubborn = joinGroup(
    "limits",
    {
      pointed: () => {},
      looked: () => {
        told++;
        stubborn.look(b);
      },
    },
    off.signal,
  );
  charts[0]!.viewport.hold(a);
  assert.deepEqual([charts[0]!.viewport.held, charts[1]!.viewport.held, told], [a, a, 1]);
  for (const one of [...charts, { off }]) one.off.abort();
});

test("sync: without a name a chart is alone", () => {
  const charts = [chart(""), chart("")];
  charts[0]!.viewport.hold(a);
  assert.equal(charts[1]!.viewport.held, undefined);
});
