import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Track } from "./data/track.ts";
import { panned } from "./moves.ts";
import { Viewport } from "./viewport.ts";
import { autoSpan, heldView, nextStep, pointsView, spanView } from "./window.ts";

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

test("window: with a delay it ends so far behind, and moves at the time it says", () => {
  const view = spanView(now, 60_000, 700, 400);
  assert.deepEqual(view, spanView(now - 400, 60_000, 700));
  const next = nextStep(now, 60_000, 700, 400);
  assert.ok(next > now && next - now <= 60_000 / 700 + 1e-3);
  assert.deepEqual(spanView(next - 1, 60_000, 700, 400), view);
  assert.notDeepEqual(spanView(next + 1, 60_000, 700, 400), view);
});

test("window: calm, it moves in strides of whole pixels, and shows what is newest all the time", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1.6e12, max: 1.9e12, noNaN: true }),
      fc.integer({ min: 100, max: 4000 }),
      fc.constantFrom(5000, 60_000, 900_000),
      (time, pixels, span) => {
        const pixel = span / pixels;
        const stride = Math.max(1000, span / 20);
        const views = Array.from({ length: 50 }, (_, i) =>
          spanView(time + (i * stride) / 10, span, pixels, 0, true),
        );
        assert.ok(views[0]!.to > time && views[0]!.from < time);
        const edges = [...new Set(views.map(({ to }) => to))];
        assert.ok(edges.length >= 4 && edges.length <= 7, `${edges.length} strides`);
        for (const [i, edge] of edges.slice(1).entries()) {
          const pixels = (edge - edges[i]!) / pixel;
          assert.ok(Math.abs(pixels - Math.round(pixels)) < 1e-2, `${pixels} pixels`);
        }
      },
    ),
  );
});

test("window: held and dragged, it moves by whole pixels and keeps its span", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1.6e15, max: 1.9e15 }),
      fc.integer({ min: 100, max: 4000 }),
      fc.constantFrom(10, 1000, 61_234, 900_000),
      fc.array(fc.double({ min: -1e5, max: 1e5, noNaN: true }), { minLength: 2, maxLength: 20 }),
      (micros, pixels, span, moves) => {
        const viewport = new Viewport(() => {});
        const pixel = span / pixels;
        viewport.hold({ from: micros / 1000, to: micros / 1000 + span });
        let before = heldView(viewport.held!, pixels);
        for (const move of moves) {
          viewport.hold(panned(viewport.held ?? before, move, viewport.reach));
          const view = heldView(viewport.held!, pixels);
          assert.ok(Math.abs(view.from - viewport.held!.from) <= pixel / 2 + 1e-3);
          // At these dates a float64 has steps of a quarter of a microsecond.
          const moved = (view.from - before.from) / pixel;
          assert.ok(Math.abs(moved - Math.round(moved)) < 1e-3 / pixel, `${moved} pixels`);
          before = view;
        }
        assert.equal(viewport.held!.to - viewport.held!.from, span);
      },
    ),
  );
});
