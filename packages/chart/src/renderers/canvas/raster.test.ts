import assert from "node:assert/strict";
import { test } from "node:test";
import { type Color, Raster, widest } from "./raster.ts";

const red: Color = [255, 0, 0, 255];
const blue: Color = [0, 0, 255, 255];

function imageOf(width: number, height: number): ImageData {
  const data = new Uint8ClampedArray(4 * width * height);
  return { width, height, data, colorSpace: "srgb" } as ImageData;
}

/** A picture into which `paint` has painted, all of it. */
function painted(paint: (raster: Raster) => void, width = 40, height = 30): ImageData {
  const image = imageOf(width, height);
  const raster = new Raster();
  raster.begin(image, 0, width);
  raster.clip(0, 0, width, height);
  paint(raster);
  return image;
}

function pixel({ data, width }: ImageData, x: number, y: number): number[] {
  return [...data.subarray(4 * (y * width + x), 4 * (y * width + x) + 4)];
}

/** All ink, in pixels. */
function inkOf({ data }: ImageData): number {
  return data.reduce((sum, byte, i) => (i % 4 === 3 ? sum + byte / 255 : sum), 0);
}

test("raster: a stroke has as much ink as it is long and wide, whichever way it goes", () => {
  for (const [x1, y1] of [
    [30, 15],
    [10, 25],
    [28, 24],
    [14, 4],
  ] as const) {
    const width = 2;
    const image = painted((raster) => {
      raster.stroke(10, 15, x1, y1, width / 2);
      raster.ink(red);
    });
    const ends = Math.PI * (width / 2) ** 2;
    const wanted = Math.hypot(x1 - 10, y1 - 15) * width + ends;
    assert.ok(Math.abs(inkOf(image) - wanted) < 0.08 * wanted, `${inkOf(image)} of ${wanted}`);
  }
});

test("raster: strokes of one line do not add up where they meet", () => {
  const once = painted((raster) => {
    raster.stroke(5, 12.3, 35, 12.3, 1);
    raster.ink([...red.slice(0, 3), 128] as unknown as Color);
  });
  const twice = painted((raster) => {
    raster.stroke(5, 12.3, 20, 12.3, 1);
    raster.stroke(20, 12.3, 35, 12.3, 1);
    raster.stroke(5, 12.3, 35, 12.3, 1);
    raster.ink([...red.slice(0, 3), 128] as unknown as Color);
  });
  assert.deepEqual(twice.data, once.data);
});

test("raster: whatever part of a picture is painted, its pixels are the same", () => {
  const strokes = (raster: Raster, origin: number) => {
    raster.stroke(-300 - origin, 3, 17.25 - origin, 21.5, 1.25);
    raster.stroke(17.25 - origin, 21.5, 18 - origin, 2, 1.25);
    raster.stroke(18 - origin, 2, 90 - origin, 29, 1.25);
    raster.ink(red);
    raster.stroke(20 - origin, 9, 20 - origin, 9, 4);
    raster.ink(blue, 0.5);
  };
  const whole = painted((raster) => strokes(raster, 0));
  const parts = imageOf(40, 30);
  const raster = new Raster();
  for (const [from, to] of [
    [18, 40],
    [0, 5],
    [5, 18],
  ] as const) {
    raster.begin(parts, from, to - from);
    raster.clip(0, 0, to - from, 30);
    strokes(raster, from);
  }
  assert.deepEqual(parts.data, whole.data);
});

test("raster: what is outside of the clip is left alone, also by strokes of a million pixels", () => {
  const image = painted((raster) => {
    raster.clip(10, 5, 30, 25);
    raster.stroke(-1e6, -1e6, 1e6, 1e6, 2);
    raster.stroke(20, -1e9, 20, 1e9, 1);
    raster.column(3, 0, 30);
    raster.row(2);
    raster.ink(red);
  });
  for (let y = 0; y < 30; y++) {
    for (let x = 0; x < 40; x++) {
      const inside = x >= 10 && x < 30 && y >= 5 && y < 25;
      if (!inside) assert.equal(pixel(image, x, y)[3], 0, `${x}, ${y}`);
    }
  }
  assert.deepEqual(pixel(image, 20, 10), red);
});

test("raster: ink covers what is below as far as it is opaque", () => {
  const image = painted((raster) => {
    raster.column(1, 0, 10);
    raster.column(2, 0, 10);
    raster.ink(red);
    raster.column(2, 0, 10);
    raster.column(3, 0, 10);
    raster.ink(blue, 0.25);
    raster.column(1, 0, 4.5);
    raster.ink(blue);
  });
  assert.deepEqual(pixel(image, 1, 2), blue);
  assert.deepEqual(pixel(image, 1, 4), [127, 0, 128, 255]);
  assert.deepEqual(pixel(image, 1, 6), red);
  assert.deepEqual(pixel(image, 2, 2), [191, 0, 64, 255]);
  assert.deepEqual(pixel(image, 3, 2), [0, 0, 255, 64]);
});

test("raster: columns are emptied before they are painted anew, and no others", () => {
  const image = painted((raster) => {
    for (let row = 0; row < 30; row++) raster.row(row);
    raster.ink(red);
  });
  new Raster().begin(image, 4, 3);
  assert.deepEqual(
    [3, 4, 6, 7].map((x) => pixel(image, x, 9)[3]),
    [255, 0, 0, 255],
  );
  assert.ok(widest >= 40);
});
