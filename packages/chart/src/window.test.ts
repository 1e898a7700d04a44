import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Track } from "./track.ts";
import { autoSpan, nextStep, pointsView, spanView } from "./window.ts";

const now = 1_790_000_000_123.4;

function track(...times: number[]): Track {
  const made = new Track("a");
  made.add({ times, values: times.map(() => 1) });
  return made;
}

test("window: a span ends now, less than a pixel later, and has its full length", () => {
  const view = spanView(now, 60_000, 700);
  assert.ok(view.to >= now && view.to - now <= 60_000 / 700);
  assert.ok(Math.abs(view.to - view.from - 60_000) < 1e-3);
});

test("window: whenever it is asked, its edges lie on whole pixels of absolute time", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1.6e12, max: 1.9e12, noNaN: true }),
      fc.integer({ min: 100, max: 4000 }),
      fc.constantFrom(1000, 60_000, 900_000, 86_400_000),
      (time, pixels, span) => {
        const pixel = span / pixels;
        const moved =
          (spanView(time + 777.7, span, pixels).to - spanView(time, span, pixels).to) / pixel;
        assert.ok(Math.abs(moved - Math.round(moved)) < 1e-2, `${moved}`);
      },
    ),
  );
});

test("window: it does not move before the time it says it will", () => {
  const next = nextStep(now, 60_000, 700);
  assert.deepEqual(spanView(next - 1, 60_000, 700), spanView(now, 60_000, 700));
  assert.notDeepEqual(spanView(next + 1, 60_000, 700), spanView(now, 60_000, 700));
});

test("window: by points, it reaches from the first to the last of them", () => {
  assert.deepEqual(pointsView([track(1000, 2000, 3000, 4500)], 3, now), { from: 2000, to: 4500 });
});

test("window: with fewer points than asked, it keeps room for the missing ones on the left", () => {
  assert.deepEqual(pointsView([track(8000, 9000)], 5, now), { from: 5000, to: 9000 });
  assert.deepEqual(pointsView([track(9000)], 5, now), { from: 5000, to: 9000 });
});

test("window: a series that ended long ago does not stretch a window by points", () => {
  const view = pointsView([track(1, 2, 3), track(8000, 9000, 10_000)], 2, now);
  assert.deepEqual(view, { from: 9000, to: 10_000 });
});

test("window: without any attribute it is a minute, or what suits a slow series", () => {
  assert.equal(autoSpan([]), 60_000);
  assert.equal(autoSpan([track(0, 1000, 2000, 3000, 4000)]), 60_000);
  assert.equal(autoSpan([track(0, 60_000, 120_000, 180_000, 240_000)]), 3_600_000);
});
