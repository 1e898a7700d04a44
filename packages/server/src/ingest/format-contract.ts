import assert from "node:assert/strict";
import { createArrivalClock } from "./arrival-clock.ts";
import { type ParseOptions, parseText } from "./parse-text.ts";
import { formatRejection } from "./rejection.ts";

/** When everything arrives, in the tests of formats. */
export const arrival = 1_700_000_000_000;

/** What a text gives, in short: `cpu=1`, and `cpu=1 @<ms>` where the text has a time of its own. */
export function read(text: string, options: Omit<ParseOptions, "clock"> = {}) {
  const { samples, rejected } = parseText(text, {
    ...options,
    clock: createArrivalClock(() => arrival),
  });
  const at = (time: number) => (Math.abs(time - arrival) < 1 ? "" : ` @${time}`);
  return {
    samples: samples.map(({ series, time, value }) => `${series}=${value}${at(time)}`),
    rejected: rejected.map(formatRejection),
  };
}

/**
 * What every format does with wrong input: it says which line is wrong and why, and keeps the good
 * lines before and after it.
 */
export function createRejects(
  before: string,
  after: string,
  options: Omit<ParseOptions, "clock"> = {},
): (wrong: string, ...reasons: string[]) => void {
  const good = read(`${before}\n${after}`, options);
  assert.deepEqual(good.rejected, []);
  const line = before.split("\n").length + 1;
  return (wrong, ...reasons) => {
    const { samples, rejected } = read(`${before}\n${wrong}\n${after}`, options);
    assert.deepEqual(
      rejected,
      reasons.map((reason) => formatRejection({ line, reason })),
      wrong,
    );
    assert.deepEqual(
      good.samples.filter((sample) => !samples.includes(sample)),
      [],
      `${wrong}: the good lines are kept`,
    );
  };
}
