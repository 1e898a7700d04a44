import assert from "node:assert/strict";
import { test } from "node:test";
import { formatKeep, type KeepFlags, readKeep } from "./keeping.ts";

function kept(flags: KeepFlags): string {
  return formatKeep(readKeep(flags));
}

function refuses(flags: KeepFlags, message: string) {
  assert.throws(() => readKeep(flags), { code: "bad-input", message });
}

test("keeping: samples for a month, minutes for a year, hours for ten", () => {
  assert.equal(kept({}), "samples kept 30d, minutes 1y, hours 10y");
});

test("keeping: each tier has its flag", () => {
  const flags = { keep: "12h", keepMinutes: "60d", keepHours: "2y" };
  assert.equal(kept(flags), "samples kept 12h, minutes 60d, hours 2y");
  assert.equal(kept({ keep: "1d", keepMinutes: "1d" }), "samples kept 1d, minutes 1d, hours 10y");
});

test("keeping: a coarser tier that nobody spoke of is kept as long as the finer ones", () => {
  assert.equal(kept({ keep: "2y" }), "samples kept 2y, minutes 2y, hours 10y");
  assert.equal(kept({ keep: "20y" }), "samples kept 20y, minutes 20y, hours 20y");
  assert.equal(kept({ keepMinutes: "15y" }), "samples kept 30d, minutes 15y, hours 15y");
});

test("keeping: a coarser tier that is to be kept shorter than a finer one is refused", () => {
  refuses(
    { keep: "2y", keepMinutes: "1y" },
    '--keep-minutes: expected at least the 2y of --keep, found "1y"; give a shorter --keep too',
  );
  const more = "give a shorter --keep-minutes too";
  refuses(
    { keepHours: "90d" },
    `--keep-hours: expected at least the 1y of --keep-minutes, found "90d"; ${more}`,
  );
  refuses(
    { keep: "3y", keepHours: "2y" },
    `--keep-hours: expected at least the 3y of --keep-minutes, found "2y"; ${more}`,
  );
});
