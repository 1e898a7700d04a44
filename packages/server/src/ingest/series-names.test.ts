import assert from "node:assert/strict";
import { test } from "node:test";
import { type NamedSeries, type Refusal, SeriesNames } from "./series-names.ts";

function seriesOf(found: NamedSeries | Refusal): string {
  return "series" in found ? found.series : found.reason;
}

test("series names: a name stands below the prefix, and no name is the prefix itself", () => {
  const names = new SeriesNames("room/temp", undefined);
  assert.equal(seriesOf(names.resolve("cpu")), "room/temp.cpu");
  assert.equal(seriesOf(names.resolve("")), "room/temp");
  assert.equal(seriesOf(new SeriesNames(undefined, "value").resolve("cpu")), "cpu");
  assert.equal(seriesOf(new SeriesNames(undefined, "value").resolve("")), "value");
});

test("series names: labels of prefix and name are joined, those of the name win", () => {
  const names = new SeriesNames('temp{room="a",host="x"}', undefined);
  assert.equal(seriesOf(names.resolve('in{room="b"}')), 'temp.in{host="x",room="b"}');
  assert.equal(seriesOf(names.resolve('{room="b"}')), 'temp{host="x",room="b"}');
});

test("series names: what is no name is refused in the words of the protocol, every time", () => {
  const names = new SeriesNames("p", undefined);
  const refusal = { reason: 'expected a series name without "\\n", found "a\\nb"' };
  assert.deepEqual(names.resolve("a\nb"), refusal);
  assert.deepEqual(names.resolve("a\nb"), refusal);
  assert.ok("reason" in names.resolve("\ud800"));
  assert.equal(seriesOf(names.resolve("\ufffd")), "p.\ufffd");
});

test("series names: a series that was turned down is asked for again", () => {
  let full = true;
  const names = new SeriesNames(undefined, undefined, () => (full ? "full" : undefined));
  assert.deepEqual(names.resolve("cpu"), { reason: "full" });
  full = false;
  assert.equal(seriesOf(names.resolve("cpu")), "cpu");
  full = true;
  assert.equal(seriesOf(names.resolve("cpu")), "cpu");
});

test("series names: more names than are remembered are all resolved", () => {
  const names = new SeriesNames("p", undefined);
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 12_000; i++) assert.equal(seriesOf(names.resolve(`n${i}`)), `p.n${i}`);
  }
});

test("series names: a name that is known as a series is taken as it is, unless it stands below a prefix", () => {
  const asked: string[] = [];
  const find = (series: string) => {
    asked.push(series);
    return series === 'cpu{a="1"}' ? series : undefined;
  };
  const refuse = () => "no place";
  const names = new SeriesNames(undefined, undefined, refuse, find);
  assert.equal(seriesOf(names.resolve('cpu{a="1"}')), 'cpu{a="1"}');
  assert.deepEqual(names.resolve("mem"), { reason: "no place" });
  assert.deepEqual(asked, ['cpu{a="1"}', "mem"]);
  const below = new SeriesNames("p", undefined, undefined, (name) => name);
  assert.equal(seriesOf(below.resolve("cpu")), "p.cpu");
});
