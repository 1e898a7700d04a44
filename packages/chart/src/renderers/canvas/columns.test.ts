import assert from "node:assert/strict";
import { test } from "node:test";
import { spanView } from "../../window.ts";
import { columnOf, columnsOf, firstFrom } from "./columns.ts";

const plot = { left: 56, top: 8, width: 337, height: 160 };

test("columns: while the window slides by pixels, a time keeps its column to the last bit", () => {
  const times = Array.from({ length: 50 }, (_, i) => 1.79e12 + i * 977.77);
  const first = columnsOf({ plot, view: spanView(1.79e12 + 60_000, 60_000, plot.width) });
  const places = times.map((time) => columnOf(first, time));
  for (let step = 1; step < 500; step++) {
    const now = 1.79e12 + 60_000 + (step * 60_000) / plot.width;
    const columns = columnsOf({ plot, view: spanView(now, 60_000, plot.width) });
    assert.equal(columns.right, first.right + step);
    assert.equal(columns.phase, first.phase);
    assert.deepEqual(
      times.map((time) => columnOf(columns, time)),
      places,
    );
  }
});

test("columns: the ends of the view are the edges of the plot, wherever they are", () => {
  for (const from of [0, 1234.567, 1.79e12, 1.79e12 + 0.3]) {
    const view = { from, to: from + 61_234.5 };
    const columns = columnsOf({ plot, view });
    assert.equal(columns.right - columns.left, plot.width);
    assert.ok(Math.abs(columnOf(columns, view.from) - columns.left) < 1 / 64);
    assert.ok(Math.abs(columnOf(columns, view.to) - columns.right) < 1 / 64);
  }
});

test("columns: the first time that is not before another is found, beyond the length is nothing", () => {
  const times = Float64Array.of(1, 2, 2, 5, 0, 0);
  const found = [0, 1, 2, 3, 5, 6].map((time) => firstFrom(times, 4, time));
  assert.deepEqual(found, [0, 0, 1, 3, 3, 4]);
});
