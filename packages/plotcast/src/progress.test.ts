import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { createProgress, formatBytes, formatShare } from "./progress.ts";

/** Progress on a terminal, or where there is none, with a clock that is set by hand. */
function progress({ columns = 80, isTTY = true, plainMs = Number.POSITIVE_INFINITY } = {}) {
  const stderr = Object.assign(new PassThrough(), { isTTY, columns });
  const clock = { ms: 0 };
  const shown = createProgress(stderr, { now: () => clock.ms, plainMs });
  return { ...shown, clock, said: () => String(stderr.read() ?? "") };
}

test("progress: on a terminal a line is written over, not too often, and taken away", () => {
  const { show, end, clock, said } = progress();
  show(() => "1%");
  assert.equal(said(), "");
  clock.ms = 100;
  show(() => "2%");
  show(() => "3%");
  assert.equal(said(), "\r2%\x1b[K");
  clock.ms = 200;
  show(() => "4%");
  assert.equal(said(), "\r4%\x1b[K");
  end();
  end();
  assert.equal(said(), "\r\x1b[K");
});

test("progress: a sentence does not mix with the line", () => {
  const { show, say, clock, said } = progress();
  clock.ms = 100;
  show(() => "1%");
  say("line 3: no");
  assert.equal(said(), "\r1%\x1b[K\r\x1b[Kplotcast: line 3: no\n");
});

test("progress: a line never wraps", () => {
  const { show, clock, said } = progress({ columns: 10 });
  clock.ms = 100;
  show(() => "x".repeat(100));
  assert.equal(said(), `\r${"x".repeat(9)}\x1b[K`);
});

test("progress: where there is no terminal it is a line now and then, or none", () => {
  const { show, end, clock, said } = progress({ isTTY: false, plainMs: 10_000 });
  for (clock.ms = 0; clock.ms < 25_000; clock.ms += 1000) show(() => `${clock.ms} ms`);
  end();
  assert.equal(said(), "plotcast: 10000 ms\nplotcast: 20000 ms\n");
  const silent = progress({ isTTY: false });
  silent.clock.ms = 1e9;
  silent.show(() => "1%");
  assert.equal(silent.said(), "");
});

test("progress: a share is a bar, never shorter or longer than itself", () => {
  assert.equal(formatShare(0), `  0% ${"░".repeat(20)}`);
  assert.equal(formatShare(0.459), ` 45% ${"█".repeat(9)}${"░".repeat(11)}`);
  for (const all of [1, 1.7]) assert.equal(formatShare(all), `100% ${"█".repeat(20)}`);
});

test("progress: bytes come with their rate, once there is one", () => {
  assert.equal(formatBytes(1_500_000, 3000), "1.5 MB, 500 KB/s");
  assert.equal(formatBytes(12, 0), "12 bytes");
});
