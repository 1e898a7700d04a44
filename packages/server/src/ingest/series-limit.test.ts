import assert from "node:assert/strict";
import { test } from "node:test";
import { blockOf } from "../log/sample-block.ts";
import { FakeIntake } from "./fake-intake.ts";
import { SeriesLimit } from "./series-limit.ts";

const sample = (series: string) => ({ series, time: 1, value: 1 });

test("series limit: names on their way into the log count, and are free again if they never arrive", () => {
  const limit = new SeriesLimit(new FakeIntake(), 2);
  assert.equal(limit.refuse("a"), undefined);
  assert.equal(limit.refuse("b"), undefined);
  assert.equal(limit.refuse("a"), undefined);
  assert.equal(
    limit.refuse("c"),
    'cannot take a new series "c": there are already 2, the limit; keep what changes, such as ids and times, out of names',
  );
  limit.settle(["a"]);
  assert.equal(limit.refuse("c"), undefined);
});

test("series limit: series that the log has are taken for ever", async () => {
  const intake = new FakeIntake();
  await intake.append(blockOf([sample("a"), sample("b")]));
  const limit = new SeriesLimit(intake, 2);
  assert.equal(limit.refuse("a"), undefined);
  assert.match(limit.refuse("c") ?? "", /already 2/);
});
