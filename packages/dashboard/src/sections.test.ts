import assert from "node:assert/strict";
import test from "node:test";
import { arrangeSeries, compareNames, firstCards } from "./sections.ts";

/** The arrangement in short: `title: name name`. */
function short(series: string[]): string[] {
  return arrangeSeries(series).map(({ title, cards }) =>
    [`${title ?? "-"}:`, ...cards.map(({ name }) => name)].join(" "),
  );
}

test("sections: series that differ in their labels share a chart", () => {
  const [section] = arrangeSeries(['cpu{core="10"}', 'cpu{core="2"}', "cpu", "mem"]);
  assert.deepEqual(section?.cards, [
    { name: "cpu", series: ["cpu", 'cpu{core="2"}', 'cpu{core="10"}'] },
    { name: "mem", series: ["mem"] },
  ]);
});

test("sections: names are in the order that people expect of numbers", () => {
  assert.deepEqual(short(["c10", "c2", "C1", "c1"]), ["-: c1 C1 c2 c10"]);
});

test("sections: names that begin alike have a title, those that are alone come first", () => {
  const names = ["room/temp", "disk.free", "cpu.user", "temp", "cpu.system", "room/hum", "cpu"];
  assert.deepEqual(short(names), [
    "-: disk.free temp",
    "cpu: cpu cpu.system cpu.user",
    "room: room/hum room/temp",
  ]);
});

test("sections: a name that begins with a divider is whole", () => {
  assert.deepEqual(short(["/proc/a", "/proc/b", ".."]), ["-: .. /proc/a /proc/b"]);
});

test("sections: the order does not depend on when series came", () => {
  const names = ["b", "a", "x.1", "x.10", "x.2"];
  assert.deepEqual(short(names), short(names.toReversed()));
});

test("sections: names that a language takes for equal are still apart", () => {
  const [composed, decomposed] = ["\u00e9", "e\u0301"];
  assert.notEqual(compareNames(composed, decomposed), 0);
  assert.equal(arrangeSeries([composed, decomposed])[0]?.cards.length, 2);
});

test("sections: only the first charts are taken, across sections", () => {
  const all = arrangeSeries(["a", "b", "x.1", "x.2", "y.1", "y.2"]);
  const counts = (count: number) => firstCards(all, count).map(({ cards }) => cards.length);
  assert.deepEqual(counts(3), [2, 1]);
  assert.deepEqual(counts(4), [2, 2]);
  assert.deepEqual(counts(100), [2, 2, 2]);
});
