import assert from "node:assert/strict";
import { test } from "node:test";
import { Rows } from "../export/rows.ts";
import { fakeScene } from "./fake-scene.ts";
import { captionOf, newestFirst } from "./table.ts";

const view = { from: 0, to: 1_000_000 };
const samples = Array.from({ length: 250 }, (_, i) => [i * 1000, i] as const);

test("table: pages have a hundred rows, the newest first", () => {
  const rows = new Rows(fakeScene([{ name: "a", samples }], { view }));
  const times = (page: number) =>
    newestFirst(rows, page).map((row) => "time" in row && row.time / 1000);
  assert.deepEqual(times(0).slice(0, 2), [249, 248]);
  assert.deepEqual([times(0).length, times(1).length, times(2).length], [100, 100, 50]);
  assert.deepEqual(times(1)[0], 149);
  assert.deepEqual(times(2).at(-1), 0);
  assert.deepEqual(times(3), []);
});

test("table: the caption says how much there is, and what is not all", () => {
  const caption = (series: Parameters<typeof fakeScene>[0]) =>
    captionOf(new Rows(fakeScene(series, { view })));
  const all = { name: "a", samples };
  const dense = { name: "b", samples, drawn: 2 };
  assert.equal(caption([all]), "What is drawn, newest first: 250 rows.");
  assert.match(caption([dense]), /125 rows\. There are more samples than are drawn/);
  assert.match(caption([all, dense]), /There are more samples of b than are drawn/);
  assert.match(caption([{ name: "a", samples: samples.slice(0, 1) }]), /: 1 row\.$/);
});
