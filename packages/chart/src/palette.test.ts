import assert from "node:assert/strict";
import { test } from "node:test";
import { dashes, looksOf, palette } from "./palette.ts";

type Rgb = readonly number[];

/** Linear light. */
function linear(hex: string): Rgb {
  return [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
}

function contrast(a: string, b: string): number {
  const [low, high] = [a, b]
    .map((hex) => linear(hex))
    .map(([r, g, b]) => 0.2126 * r! + 0.7152 * g! + 0.0722 * b! + 0.05)
    .sort((x, y) => x - y);
  return high! / low!;
}

/** OKLab, in which equal distances look about equal. */
function lab([r, g, b]: Rgb): Rgb {
  const l = Math.cbrt(0.4122214708 * r! + 0.5363325363 * g! + 0.0514459929 * b!);
  const m = Math.cbrt(0.2119034982 * r! + 0.6806995451 * g! + 0.1073969566 * b!);
  const s = Math.cbrt(0.0883024619 * r! + 0.2817188376 * g! + 0.6299787005 * b!);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** What someone without one kind of cones sees (Machado, Oliveira and Fernandes 2009). */
const visions: Record<string, readonly Rgb[]> = {
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function seen(hex: string, vision: readonly Rgb[]): Rgb {
  const light = linear(hex);
  return lab(
    vision.map((row) => {
      const sum = row.reduce((total, part, i) => total + part * light[i]!, 0);
      return Math.min(1, Math.max(0, sum));
    }),
  );
}

const schemes = [
  { scheme: "light", backgrounds: ["#ffffff", "#f6f7f9"] },
  { scheme: "dark", backgrounds: ["#0f1317", "#1c2228"] },
] as const;

for (const { scheme, backgrounds } of schemes) {
  const colors = palette.map((color) => color[scheme]);

  test(`palette: every ${scheme} color has a contrast of 3:1 or more to its backgrounds`, () => {
    for (const color of colors) {
      for (const background of backgrounds) {
        assert.ok(contrast(color, background) >= 3, `${color} on ${background}`);
      }
    }
  });

  test(`palette: no two ${scheme} colors look alike with any color blindness`, () => {
    for (const [name, vision] of Object.entries(visions)) {
      for (const [i, a] of colors.entries()) {
        for (const b of colors.slice(i + 1)) {
          const [x, y] = [seen(a, vision), seen(b, vision)];
          const distance = Math.hypot(...x.map((part, k) => part - y[k]!));
          assert.ok(distance > 0.07, `${a} and ${b} with ${name}: ${distance.toFixed(3)}`);
        }
      }
    }
  });
}

test("palette: a series keeps its colour, whichever others are in its chart", () => {
  const names = Array.from({ length: 20 }, (_, i) => `palette-test-${i}`);
  const colors = looksOf(names).map(({ color }) => color);
  assert.deepEqual(colors.slice(0, 8).toSorted(), [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual(
    looksOf(names.toReversed()).map(({ color }) => color),
    colors.toReversed(),
  );
});

test("palette: only a colour that comes again within a chart is dashed, and no two look the same", () => {
  const names = Array.from({ length: 20 }, (_, i) => `palette-test-${i}`);
  const looks = looksOf(names).map(({ color, dash }) => `${color} ${dash}`);
  assert.equal(new Set(looks).size, 20);
  assert.equal(looksOf(["palette-test-9"])[0]!.dash, 0);
  assert.deepEqual(
    looksOf(["palette-test-9", "palette-test-1"]).map(({ dash }) => dash),
    [0, 1],
  );
  assert.deepEqual(dashes[0], []);
});
