import assert from "node:assert/strict";
import { test } from "node:test";
import { createMeter } from "./import-meter.ts";

function meter(...sizes: (number | undefined)[]) {
  const clock = { ms: 0 };
  const files = sizes.map((bytes) => ({ bytes }));
  return Object.assign(
    createMeter(files, () => clock.ms),
    { clock },
  );
}

test("import meter: a share, where the size is known, a rate, and what arrived", () => {
  const one = meter(1000);
  one.clock.ms = 2000;
  Object.assign(one, { bytes: 500, samples: 1200, file: "a.csv" });
  assert.equal(
    one.line(),
    ` 50% ${"█".repeat(10)}${"░".repeat(10)} 500 bytes, 250 bytes/s, 1,200 samples`,
  );
  one.rejected = 1;
  assert.match(one.line(), /samples, 1 line rejected$/);
});

test("import meter: of a pipe nobody knows the size", () => {
  const some = meter(1000, undefined);
  Object.assign(some, { bytes: 500, file: "a.csv" });
  assert.equal(some.line(), "500 bytes, 0 samples, a.csv");
});

test("import meter: at the end it counts", () => {
  const one = meter(1000);
  Object.assign(one, { samples: 1200, lines: 400 });
  assert.equal(one.summary(), "1,200 samples imported from 400 lines");
  assert.equal(meter(1, 1).summary(), "0 samples imported from 0 lines in 2 files");
});
