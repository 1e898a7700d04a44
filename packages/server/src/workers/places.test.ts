import assert from "node:assert/strict";
import { test } from "node:test";
import { Places } from "./places.ts";

/** A limit that knows nobody and has room for so many at a time. */
function placesFor(max: number) {
  const taken = new Set<string>();
  const places = new Places((series) => series.startsWith("known"), {
    refuse: (series) => {
      if (!taken.has(series) && taken.size === max) return "no room";
      taken.add(series);
      return undefined;
    },
    settle: (series) => {
      for (const each of series) taken.delete(each);
    },
  });
  return { places, taken };
}

test("places: only what is new takes one", () => {
  const { places, taken } = placesFor(1);
  assert.deepEqual(places.take(["known1", "a", "known2"]), ["a"]);
  assert.deepEqual([...taken], ["a"]);
});

test("places: all of a call have room, or none takes any", () => {
  const { places, taken } = placesFor(2);
  assert.throws(() => places.take(["a", "b", "c"]), { code: "too-many", message: "no room" });
  assert.equal(taken.size, 0);
  assert.deepEqual(places.take(["a", "b"]), ["a", "b"]);
});

test("places: a series keeps its place until the last that brings it has arrived", () => {
  const { places, taken } = placesFor(1);
  const [first, second] = [places.take(["a"]), places.take(["a"])];
  places.settle(first);
  assert.equal(taken.size, 1);
  assert.throws(() => places.take(["b"]), { code: "too-many" });
  places.settle(second);
  assert.deepEqual(places.take(["b"]), ["b"]);
});

test("places: a call that is refused takes nothing from one that is on its way", () => {
  const { places, taken } = placesFor(1);
  const first = places.take(["a"]);
  assert.throws(() => places.take(["a", "b"]), { code: "too-many" });
  assert.deepEqual([...taken], ["a"]);
  places.settle(first);
  assert.equal(taken.size, 0);
});
