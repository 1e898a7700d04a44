import assert from "node:assert/strict";
import { test } from "node:test";
import { type FakeSeries, fakeScene } from "../parts/fake-scene.ts";
import type { Scene } from "../scene.ts";
import { cellOf, Rows } from "./rows.ts";

function seconds(values: readonly (number | null)[], from = 0): FakeSeries["samples"] {
  return values.map((value, i) => [(from + i) * 1000, value]);
}

function list(scene: Scene): unknown[] {
  const rows = new Rows(scene);
  return Array.from({ length: rows.length }, (_, i) => {
    const row = rows.at(i);
    if ("band" in row) return `${row.band.from}-${row.band.to}: ${row.band.text}`;
    return [row.time, ...rows.columns.map((column) => cellOf(column, row.time))];
  });
}

test("rows: series that have samples at other times share rows where they can", () => {
  const scene = fakeScene([
    { name: "a", samples: seconds([1, 2, 3]) },
    { name: "b", samples: seconds([20, 30, 40], 1) },
  ]);
  assert.deepEqual(list(scene), [
    [0, 1, undefined],
    [1000, 2, 20],
    [2000, 3, 30],
    [3000, undefined, 40],
  ]);
});

test("rows: only what is in view, with both its edges, and of series that are switched on", () => {
  const samples = seconds([1, 2, 3, 4, 5]);
  const series = [
    { name: "a", samples },
    { name: "b", samples, off: true },
  ];
  const scene = fakeScene(series, { view: { from: 1000, to: 3000 } });
  assert.deepEqual(list(scene), [
    [1000, 2],
    [2000, 3],
    [3000, 4],
  ]);
});

test("rows: absence that was told is told", () => {
  const scene = fakeScene([{ name: "a", samples: seconds([1, null, 3, null]) }]);
  assert.deepEqual(list(scene), [
    [0, 1],
    [1000, Number.NaN],
    [2000, 3],
    [3000, Number.NaN],
  ]);
});

test("rows: a gap is a row where it begins, no wider than the view", () => {
  const band = { kind: "offline", text: "Not connected." } as const;
  const bands = [
    { ...band, from: 1000, to: 9000 },
    { ...band, from: Number.NEGATIVE_INFINITY, to: -1 },
    { ...band, from: Number.NEGATIVE_INFINITY, to: 500 },
    { ...band, from: 12_000, to: Number.POSITIVE_INFINITY },
  ];
  const samples = [...seconds([1, 2]), ...seconds([9, 10], 9)];
  assert.deepEqual(list(fakeScene([{ name: "a", samples }], { bands })), [
    [0, 1],
    "0-500: Not connected.",
    [1000, 2],
    "1000-9000: Not connected.",
    [9000, 9],
    [10_000, 10],
    "12000-60000: Not connected.",
  ]);
});

test("rows: of a dense series those points that are drawn, and it is said that there are more", () => {
  const samples = seconds([1, 2, 3, 4, 5]);
  const scene = fakeScene([
    { name: "a", samples, drawn: 2 },
    { name: "b", samples },
  ]);
  const rows = new Rows(scene);
  assert.deepEqual(
    rows.columns.map(({ exact }) => exact),
    [false, true],
  );
  assert.deepEqual([...rows.columns[0]!.values], [1, 3, 5]);
});

test("rows: of what was told in buckets only, it is said that there was more", () => {
  const scene = fakeScene([{ name: "a", samples: seconds([1, 2, 3]) }]);
  const exact = () => new Rows(scene).columns[0]!.exact;
  scene.series[0]!.ring.add(70_000, 4, 500);
  assert.equal(exact(), true, "out of view");
  scene.series[0]!.ring.add(71_000, 4, 500);
  const later = { ...scene, frame: { ...scene.frame, view: { from: 0, to: 80_000 } } };
  assert.equal(new Rows(later).columns[0]!.exact, false);
});

test("rows: a stacked value is its own, not where it is drawn", () => {
  const samples = seconds([1, 2, 3, 4, 5]);
  const scene = fakeScene([{ name: "a", samples, drawn: 2, bases: [100, 100, 100] }]);
  assert.deepEqual([...new Rows(scene).columns[0]!.values], [1, 3, 5]);
});

test("rows: what comes after the drawing is not in it, and the copy stays as it was", () => {
  const scene = fakeScene([{ name: "a", samples: seconds([1, 2, 3]) }]);
  const before = new Rows(scene);
  scene.series[0]!.ring.add(3000, 4);
  const after = new Rows(scene);
  assert.equal(after.length, 3);
  assert.equal(after.columns[0]!.exact, true);
  scene.series[0]!.ring.clear();
  assert.deepEqual([...before.columns[0]!.values], [1, 2, 3]);
});
