import assert from "node:assert/strict";
import { test } from "node:test";
import { SourceClock } from "./data/clock.ts";
import type { Source } from "./data/source.ts";
import { Track } from "./data/track.ts";
import { parseOptions } from "./options.ts";
import { Picture, type Surroundings } from "./picture.ts";
import { Viewport } from "./viewport.ts";

const now = 1_790_000_000_000;

/** A source that holds these samples: `[age in seconds, value]` by series. */
function sourceOf(held: Record<string, [number, number | null][]>): Source {
  const tracks = new Map<string, Track>();
  for (const [series, samples] of Object.entries(held)) {
    const track = new Track(series);
    track.add({
      times: samples.map(([age]) => now - age * 1000),
      values: samples.map(([, value]) => value),
    });
    tracks.set(series, track);
  }
  const clock = new SourceClock();
  const status = { state: "live" } as const;
  const notices = new Map();
  const url = "http://a/x";
  return {
    url,
    tracks,
    clock,
    status,
    since: now,
    notices,

    bands: [],
    guesses: [],
    told: true,
    recall: () => {},
  };
}

const around: Surroundings = {
  ratio: 2,
  plotRect: (labels) => {
    const left = Math.max(80, Math.ceil(labels.left) * 2);
    return { left, top: 10, width: 1000 - left, height: 300 };
  },
  roomLeft: () => 0,
  roomRight: () => 0,
  measure: (text) => text.length * 6,
};

function picture(source: Source, attributes: Record<string, string>) {
  const made = new Picture(
    { source, viewport: new Viewport(() => {}), off: new Set() },
    parseOptions((name) => attributes[name] ?? null),
    [],
  );
  made.choose();
  return { made, frame: made.frame(now, around) };
}

const ages = (from: number, to: number, value: number): [number, number][] =>
  Array.from({ length: from - to + 1 }, (_, i) => [from - i, value + i]);

test("picture: a frame has a line for each series, in the order in which they appeared", () => {
  const { made, frame } = picture(sourceOf({ b: ages(20, 0, 1), a: ages(20, 0, 5) }), {
    span: "10s",
  });
  assert.deepEqual(
    made.lineup.roles.map(({ name }) => name),
    ["b", "a"],
  );
  assert.deepEqual(
    frame.lines.map(({ length }) => length),
    [11, 11],
  );
});

test("picture: only the series asked for are drawn, and the range is theirs", () => {
  const source = sourceOf({ small: ages(20, 0, 1), large: ages(20, 0, 9000) });
  const { frame } = picture(source, { span: "10s", series: "small" });
  assert.equal(frame.lines.length, 1);
  assert.ok(frame.scales[0]!.max < 100);
});

test("picture: the range is that of what is in view, not of the points beyond its edges", () => {
  const source = sourceOf({
    a: [
      [12, 1000],
      [5, 10],
      [1, 20],
    ],
  });
  const { frame } = picture(source, { span: "10s" });
  assert.deepEqual([frame.scales[0]!.min, frame.scales[0]!.max], [10, 20]);
});

test("picture: wider labels make the plot narrower, and the line is fitted to it", () => {
  const source = sourceOf({
    a: [
      [3, 123_456_001],
      [2, 123_456_002],
      [1, 123_456_004],
    ],
  });
  const { frame } = picture(source, { span: "10s" });
  const widest = Math.max(...frame.scales[0]!.ticks.map(({ text }) => text.length * 6));
  assert.equal(frame.plot.left, widest * 2);
  const pixel = 10_000 / frame.plot.width;
  assert.ok(Math.abs(frame.view.to / pixel - Math.round(frame.view.to / pixel)) < 1e-2);
});

test("picture: a window by points shows as many, and moves only with data", () => {
  const { frame, made } = picture(sourceOf({ a: ages(50, 0, 1) }), { window: "20" });
  const { times, length } = frame.lines[0]!;
  const inside = times
    .subarray(0, length)
    .filter((t) => t >= frame.view.from && t <= frame.view.to);
  assert.equal(inside.length, 20);
  assert.equal(made.movesAt(now), Number.POSITIVE_INFINITY);
});

test("picture: a window by span moves with the clock of the source", () => {
  const source = sourceOf({ a: ages(20, 0, 1) });
  source.clock.know(-5000);
  const { made, frame } = picture(source, { span: "10s" });
  assert.ok(Math.abs(frame.view.to - (now - 5000)) <= 10_000 / frame.plot.width + 1e-3);
  const moves = made.movesAt(now);
  assert.ok(moves > now && moves <= now + 10_000 / frame.plot.width + 1e-3);
});

test("picture: with nothing in view there is nothing drawn, and the axis keeps its range", () => {
  const source = sourceOf({ a: ages(20, 0, 1) });
  const { made, frame } = picture(source, { span: "10s" });
  assert.equal(made.drawn, true);
  const later = made.frame(now + 3_600_000, around);
  assert.equal(made.drawn, false);
  assert.deepEqual(later.scales, frame.scales);
});

test("picture: an empty source makes an empty frame, without labels of values", () => {
  const { frame, made } = picture(sourceOf({}), { span: "10s" });
  assert.deepEqual([frame.lines, frame.scales[0]!.ticks, made.drawn], [[], [], false]);
  assert.ok(frame.xTicks.length > 0);
});

test("picture: of very many series some are drawn, and the rest is counted", () => {
  const held = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`s${i}`, ages(3, 0, i)]));
  const { made, frame } = picture(sourceOf(held), { span: "10s" });
  assert.equal(frame.lines.length + made.lineup.hidden, 500);
  assert.ok(frame.lines.length <= 60);
});

test("picture: values are written as exactly as the axis is read", () => {
  const source = sourceOf({
    a: [
      [3, 1.23456],
      [2, 97.6],
      [1, 50],
    ],
  });
  const { made, frame } = picture(source, { span: "10s" });
  const [series] = made.scene(now, frame, 1).series;
  assert.match(series!.text(97.65432), /^97.7$/);
});

test("picture: an outline is marked where one sees that it is one, and while it is in view", () => {
  const source = sourceOf({ a: ages(20, 0, 1) });
  const stretch = (age: number, bucketMs: number) => {
    return { from: now - age - 1000, to: now - age, bucketMs, kind: "reduced", text: "" } as const;
  };
  const bands = [stretch(2000, 1), stretch(4000, 1000), stretch(30_000, 1000)];
  const { made, frame } = picture({ ...source, bands }, { span: "10s" });
  assert.deepEqual(made.scene(now, frame, 1).bands, [bands[1]]);
});

test("picture: what an axis holds of its range is given up for other options, and not for the same", () => {
  const spike = Array.from({ length: 20 }, (_, i): [number, number] => [9 - i, i === 0 ? 100 : 1]);
  const { made, frame } = picture(sourceOf({ a: spike }), { span: "10s" });
  const top = (at: number) => made.frame(at, around).scales[0]!.max;
  assert.ok(frame.scales[0]!.max >= 100);
  assert.ok(top(now + 2000) >= 100, "an axis shrinks slowly");
  const options = (unit?: string) =>
    parseOptions((name) => ({ span: "10s", unit })[name as "span" | "unit"] ?? null);
  made.setOptions(options(), []);
  assert.ok(top(now + 2100) >= 100, "the same again");
  made.setOptions(options("km"), []);
  assert.ok(top(now + 2200) < 50, "others");
});
