import assert from "node:assert/strict";
import { test } from "node:test";
import type { Band } from "../scene.ts";
import { fillLine, LineBuffer } from "./decimate.ts";
import { type Silenceable, silentBands } from "./silence.ts";
import { Track } from "./track.ts";

const view = { from: 0, to: 100_000 };

/** A series as it is drawn, with samples at these seconds; null after one: it has no value then. */
function drawn(
  seconds: readonly (number | null)[],
  seenAt = Number.POSITIVE_INFINITY,
): Silenceable {
  const track = new Track("s");
  for (const [i, second] of seconds.entries()) {
    const valueless = second === null;
    track.ring.add((second ?? seconds[i - 1]! + 1) * 1000, valueless ? null : i);
  }
  track.seenAt = seenAt;
  const line = new LineBuffer();
  fillLine(line, track.ring, view, 1000);
  return { ring: track.ring, track, line };
}

/** Every second, from one to the other. */
function each(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function bands(series: readonly Silenceable[], now = 100_000, explained: readonly Band[] = []) {
  return silentBands(series, view, now, 0, explained).map(({ from, to, text }) => [
    ...[from / 1000, to / 1000],
    text.replaceAll("\u00a0", " "),
  ]);
}

test("silence: the stretch in which a series was silent is told with its length and what was expected", () => {
  const series = drawn([...each(0, 20), ...each(50, 100)]);
  assert.deepEqual(bands([series]), [[20, 50, "No samples for 30 s, expected every 1 s"]]);
});

test("silence: a series in step has none, and a pause within its cadence is none", () => {
  assert.deepEqual(bands([drawn(each(0, 100))]), []);
  assert.deepEqual(bands([drawn([...each(0, 20), ...each(23, 100)])]), []);
});

test("silence: after the newest sample it lasts until now, by when that came", () => {
  const series = drawn(each(0, 60), 60_000);
  assert.deepEqual(bands([series], 63_000), []);
  assert.deepEqual(bands([series], 74_000), [[60, 74, "Last sample 14 s ago, expected every 1 s"]]);
  // Times of a clock that is behind: the samples come as expected.
  assert.deepEqual(bands([drawn(each(0, 60), 98_000)]), []);
});

test("silence: it ends where the view does", () => {
  assert.equal(bands([drawn(each(0, 60), 60_000)], 1e9)[0]![1], 100);
});

test("silence: of a stretch that reaches out of the view all is told", () => {
  const series = drawn([...each(-200, -100), ...each(50, 100)]);
  assert.deepEqual(bands([series]), [[-100, 50, "No samples for 2 min, expected every 1 s"]]);
});

test("silence: of several series, where all of them were silent", () => {
  const one = drawn([...each(0, 20), ...each(50, 100)]);
  const other = drawn([...each(0, 30), ...each(40, 100)]);
  assert.deepEqual(bands([one, other]), [[30, 40, "No samples for 10 s, expected every 1 s"]]);
  assert.deepEqual(bands([one, drawn(each(0, 100))]), []);
});

test("silence: a lone sample in the middle makes two of one", () => {
  const ends = bands([drawn([...each(0, 20), 35, ...each(50, 100)])]).map(([from, to]) => [
    from,
    to,
  ]);
  assert.deepEqual(ends, [
    [20, 35],
    [35, 50],
  ]);
});

test("silence: a series that was not there yet does not speak against one", () => {
  const one = drawn([...each(0, 20), ...each(50, 100)]);
  assert.equal(bands([one, drawn(each(60, 100))]).length, 1);
  assert.deepEqual(bands([drawn(each(60, 100))]), []);
});

test("silence: who says that there is no value is not silent", () => {
  assert.deepEqual(bands([drawn([...each(0, 20), null, null, null, ...each(24, 100)])]), []);
  const late = drawn([...each(0, 20), 50, null, ...each(52, 100)]);
  assert.deepEqual(bands([late])[0]?.slice(0, 2), [20, 50]);
});

test("silence: what was lost counts where it is as long, unless it is explained", () => {
  const track = new Track("s");
  for (const second of each(0, 20)) track.ring.add(second * 1000, 1);
  track.ring.cut();
  for (const second of each(50, 100)) track.ring.add(second * 1000, 1);
  const line = new LineBuffer();
  fillLine(line, track.ring, view, 1000);
  track.seenAt = 100_000;
  const series = { ring: track.ring, track, line };
  assert.equal(bands([series]).length, 1);
  const offline: Band = { from: 19_000, to: 50_500, kind: "offline", text: "" };
  assert.deepEqual(bands([series], 100_000, [offline]), []);
  assert.equal(bands([series], 100_000, [{ ...offline, kind: "reduced" }]).length, 1);
});

test("silence: of too many the longest are told, in order", () => {
  const bursts = Array.from({ length: 70 }, (_, i) => [i * 3, i * 3 + 0.01, i * 3 + 0.02]);
  const track = new Track("s");
  for (const second of [...bursts.flat(), 500]) track.ring.add(second * 1000, 1);
  track.seenAt = 500_000;
  const whole = { from: 0, to: 500_000 };
  const line = new LineBuffer();
  fillLine(line, track.ring, whole, 1000);
  const found = silentBands([{ ring: track.ring, track, line }], whole, 500_000, 0);
  assert.equal(found.length, 50);
  assert.equal(found.at(-1)!.to, 500_000);
  assert.ok(found.every(({ from }, i) => i === 0 || from >= found[i - 1]!.to));
});

test("silence: samples closer than a second are expected in milliseconds", () => {
  const series = drawn([...each(0, 200).map((i) => i / 10), ...each(50, 60)]);
  assert.match(String(bands([series])[0]?.[2]), /expected every 100 ms$/);
});
