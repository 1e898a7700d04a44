import assert from "node:assert/strict";
import { test } from "node:test";
import { DashPen } from "./dash.ts";

type Piece = { x0: number; y0: number; x1: number; y1: number };

/** What is drawn of a line through places, whose x are columns since the epoch. */
function dashed(
  places: readonly (readonly [number, number])[],
  { origin = 0, width = 400, stroke = 2 } = {},
): Piece[] {
  const pieces: Piece[] = [];
  let [x0, y0] = [0, 0];
  const pen = new DashPen(
    {
      moveTo: (x, y) => {
        [x0, y0] = [x, y];
      },
      lineTo: (x, y) => {
        pieces.push({ x0: x0 + origin, y0, x1: x + origin, y1: y });
        [x0, y0] = [x, y];
      },
    },
    [7, 3],
    stroke,
    { origin, width, height: 200, margin: 4 },
  );
  for (const [i, [x, y]] of places.entries()) {
    if (i === 0) pen.moveTo(x - origin, y);
    else pen.lineTo(x - origin, y);
  }
  return pieces;
}

const lengthOf = ({ x0, y0, x1, y1 }: Piece) => Math.hypot(x1 - x0, y1 - y0);

test("dash: with its round ends, a stroke is as long as it was asked for", () => {
  const pieces = dashed([
    [0, 50],
    [100, 50],
  ]);
  assert.equal(pieces.length, 10);
  assert.deepEqual(
    pieces.slice(0, 2).map(({ x0, x1 }) => [x0, Math.round(x1 * 1e9) / 1e9]),
    [
      [1, 6],
      [11, 16],
    ],
  );
});

test("dash: a stroke that is no longer than it is wide is a dot", () => {
  const pieces = dashed(
    [
      [0, 50],
      [20, 50],
    ],
    { stroke: 7 },
  );
  assert.deepEqual(
    pieces.map(({ x0, x1 }) => [x0, x1]),
    [
      [3.5, 3.5],
      [13.5, 13.5],
    ],
  );
});

test("dash: what is left of a line is dashed as before when its beginning has gone", () => {
  const places = Array.from(
    { length: 60 },
    (_, i) => [i * 5.5, 100 + 60 * Math.sin(i * i)] as const,
  );
  const all = dashed(places);
  const rest = dashed(places.slice(20));
  const begin = places[20]![0];
  const same = all.filter(({ x0 }) => x0 >= begin);
  assert.equal(rest.length, same.length);
  for (const [i, piece] of rest.entries()) {
    for (const key of ["x0", "y0", "x1", "y1"] as const) {
      assert.ok(Math.abs(piece[key] - same[i]![key]) < 1e-9);
    }
  }
});

test("dash: on a steep line too, seven tenths are drawn", () => {
  const pieces = dashed(
    [
      [0, 0],
      [20, 190],
    ],
    { stroke: 0 },
  );
  const drawn = pieces.reduce((sum, piece) => sum + lengthOf(piece), 0);
  assert.ok(Math.abs(drawn / Math.hypot(20, 190) - 0.7) < 0.05);
});

test("dash: a line of a million pixels is cut only where it is seen", () => {
  const pieces = dashed(
    [
      [-1e6, 100],
      [1e6, 100],
    ],
    { width: 50 },
  );
  assert.ok(pieces.length >= 5 && pieces.length <= 7, String(pieces.length));
  assert.equal(
    dashed([
      [10, 1e6],
      [20, 2e6],
    ]).length,
    0,
  );
});

test("dash: where samples are dense, no column is hidden", () => {
  const places = Array.from({ length: 600 }, (_, i) => [i / 4, i % 2 === 0 ? 90 : 100] as const);
  const pieces = dashed(places, { stroke: 0 });
  for (let column = 0; column < 149; column++) {
    const seen = pieces.filter(({ x0, x1 }) => x0 < column + 1 && x1 >= column);
    const drawn = seen.reduce((sum, piece) => sum + lengthOf(piece), 0);
    assert.ok(drawn > 20, `${drawn} of 40 in column ${column}`);
  }
});
