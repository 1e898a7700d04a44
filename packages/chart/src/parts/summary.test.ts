import assert from "node:assert/strict";
import { test } from "node:test";
import { type FakeSeries, fakeScene } from "./fake-scene.ts";
import { summaryOf } from "./summary.ts";

function samples(values: readonly (number | null)[]): FakeSeries["samples"] {
  return values.map((value, i) => [i * 1000, value]);
}

function say(series: FakeSeries[], now = 11_000, view = { from: 0, to: 60_000 }): string {
  return summaryOf(fakeScene(series, { now, view })).replaceAll("\u00a0", " ");
}

const even = Array.from({ length: 41 }, (_, i) => i % 2);
const up = [5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

test("summary: a series is told with its last value, where it goes, and its extremes", () => {
  const unit = "°C";
  assert.equal(
    say([{ name: "Temperature", unit, samples: samples(up) }]),
    "Temperature 11 °C, rising; minimum 1 °C, maximum 11 °C in view.",
  );
  assert.match(say([{ name: "a", samples: samples([...up].reverse()) }]), /^a 5, falling;/);
  assert.match(say([{ name: "a", samples: samples(even) }]), /^a 0, steady;/);
});

test("summary: only what is in view counts, and absence is no value", () => {
  const series = [{ name: "a", samples: samples([99, 1, 2, 3, 4, null]) }];
  assert.match(say(series, 5000, { from: 500, to: 5000 }), /^a 4, rising; minimum 1, maximum 4 in/);
  assert.equal(say(series, 4000, { from: 9000, to: 9999 }), "a: nothing in view.");
});

test("summary: what has not come for long is told as of the past", () => {
  assert.match(say([{ name: "a", samples: samples(up) }], 40_000), /^a 11, last seen 29 s ago;/);
});

test("summary: of many series the first are told, of those switched off none", () => {
  const one = { samples: samples(up) };
  const names = ["a", "b", "c", "d", "e", "f", "g"];
  const text = say(names.map((name) => ({ ...one, name, off: name === "a" })));
  assert.match(text, /^b 11.* e 11[^f]*And 2 more series\.$/);
  assert.equal(say([]), "No series.");
});
