import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSelection } from "@plotcast/protocol";
import { select } from "./selected.ts";

test("selected: the series of a selection, also those that come later", async () => {
  const names = ["cpu", "mem", "cpu.load"];
  const table = {
    get size() {
      return names.length;
    },
    id: () => undefined,
    series: (id: number) => names[id - 1]!,
  };
  const { wants, ids, count } = await select(parseSelection(["cpu*"]), table);
  assert.deepEqual([...ids], [1, 3]);
  assert.equal(count, 2);
  names.push("disk", "cpu.idle");
  assert.deepEqual([...ids], [1, 3, 5]);
  assert.ok(wants(5) && !wants(4));
});

test("selected: matching thousands of names is done a thousand at a time", async () => {
  let asked = 0;
  const table = { size: 5000, id: () => undefined, series: (id: number) => `s${id}` };
  const selection = { key: "", matches: () => ++asked > 0 };
  const selecting = select(selection, table);
  for (let turns = 1; turns < 5; turns++) {
    assert.equal(asked, 1000 * turns);
    await new Promise(setImmediate);
  }
  await selecting;
  assert.equal(asked, 5000);
});
