import assert from "node:assert/strict";
import { test } from "node:test";
import { rates, Track } from "./track.ts";

function counter(kind?: "gauge" | "counter"): Track {
  const track = new Track("bytes");
  track.describe({ id: 1, series: "bytes", decimals: 0, ...(kind ? { kind } : {}) });
  track.add({ times: [0, 1000, 4000], values: [0, 5, 6] });
  return track;
}

test("track: what is a counter is known from its source, and may change", () => {
  assert.equal(counter("counter").isCounter, true);
  assert.equal(counter("gauge").isCounter, false);
  const track = counter("counter");
  track.describe({ id: 1, series: "bytes" });
  assert.equal(track.isCounter, false);
});

test("track: values are shown as they are held, rates of any series when they are asked for", async () => {
  const unready = counter();
  assert.equal(unready.shown("rates").length, 0);
  await rates.load();
  const track = counter();
  assert.equal(track.shown("values"), track.ring);
  const shown = track.shown("rates");
  assert.deepEqual([...shown.values], [Number.NaN, 5, 1 / 3]);
  track.add({ times: [5000], values: [8] });
  assert.equal(track.shown("rates"), shown);
  assert.equal(shown.values.at(-1), 2);
});

test("track: rates have digits after the point, also where values have none", () => {
  const track = counter("counter");
  assert.equal(track.decimalsOf("values"), 0);
  assert.ok(track.decimalsOf("rates") > 2);
});

test("track: values have as many digits as they were seen to need, if nobody told", () => {
  const track = new Track("a");
  track.add({ times: [0, 1, 2], values: [1, 2.25, null] });
  assert.equal(track.decimals, 2);
});
