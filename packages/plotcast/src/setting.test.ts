import assert from "node:assert/strict";
import { test } from "node:test";
import { readDuration, setting } from "./setting.ts";

test("setting: a duration that was not given is none", () => {
  assert.equal(readDuration("--since", undefined), undefined);
  assert.equal(readDuration("--since", "15m"), 900_000);
  assert.equal(readDuration("--keep", "10y"), 3650 * 86_400_000);
});

test("setting: what is no duration is refused, with the flag and what was found", () => {
  const expected = "--keep: expected a duration such as 90s, 15m, 12h, 30d or 1y, found";
  for (const text of ["30", "0d", "", "forever"]) {
    const message = `${expected} ${JSON.stringify(text)}`;
    assert.throws(() => readDuration("--keep", text), { code: "bad-input", message });
  }
});

test("setting: a flag wins over the environment, where nothing is as good as unset", () => {
  const env = { PLOTCAST_X: "b", PLOTCAST_Y: "" };
  assert.deepEqual(setting("--x", "a", "PLOTCAST_X", env), { name: "--x", value: "a" });
  assert.deepEqual(setting("--x", undefined, "PLOTCAST_X", env), {
    name: "PLOTCAST_X",
    value: "b",
  });
  assert.equal(setting("--y", undefined, "PLOTCAST_Y", env), undefined);
});
