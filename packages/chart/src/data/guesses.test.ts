import assert from "node:assert/strict";
import { test } from "node:test";
import type { Guess } from "@plotcast/client";
import { SourceClock } from "./clock.ts";
import { guessesOf } from "./guesses.ts";
import type { Source } from "./source.ts";
import { Track } from "./track.ts";

const now = 1_790_000_000_000;

function sourceOf(everyMs: Record<string, number>, guesses: readonly Guess[] = []): Source {
  const tracks = new Map<string, Track>();
  for (const [series, ms] of Object.entries(everyMs)) {
    const track = new Track(series);
    const times = Array.from({ length: 10 }, (_, i) => now + i * ms);
    track.add({ times, values: times.map(() => 1) });
    tracks.set(series, track);
  }
  return {
    ...{ url: "http://a/x", tracks, clock: new SourceClock(), since: now, told: true, guesses },
    recall: () => {},
    ...{ bands: [], notices: new Map(), status: { state: "live" } },
  };
}

const found = (source: Source) => guessesOf(source).map((guess) => guess.found);

test("guesses: the cadence is one figure if all series have it, else those of the first", () => {
  assert.deepEqual(found(sourceOf({})), []);
  assert.deepEqual(found(sourceOf({ a: 1000, b: 1002 })), ["every 1\u00a0s"]);
  assert.deepEqual(found(sourceOf({ a: 33, b: 3_600_000 })), [
    "every 33\u00a0ms (a), every 1\u00a0h (b)",
  ]);
  const many = sourceOf({ a: 100, b: 200, c: 300, d: 400, e: 500, f: 600 });
  assert.match(found(many)[0]!, /^every 100\u00a0ms \(a\), .+, 2 more$/);
});

test("guesses: what the client has found comes first, as it was told", () => {
  const guess: Guess = { what: "unit", found: "V", from: "told", attribute: "unit" };
  const all = guessesOf(sourceOf({ a: 1000 }, [guess]));
  assert.deepEqual(all[0], guess);
  assert.deepEqual(
    [all[1]!.what, all[1]!.from, all[1]!.attribute],
    ["cadence", "guessed", undefined],
  );
});

test("guesses: a zone is doubted where times are off by what zones differ", () => {
  const zone: Guess = {
    ...{ what: "time zone", found: "Europe/Berlin", from: "guessed", attribute: "source-zone" },
  };
  const doubt = (skewMs: number, from: Guess["from"] = "guessed") => {
    const source = sourceOf({}, [{ ...zone, from }]);
    source.clock.know(skewMs, now);
    return found(source)[0]!.slice("Europe/Berlin".length);
  };
  assert.equal(doubt(3000), "");
  assert.match(doubt(3_600_000 - 900), /^, but times are 1\u00a0h ahead$/);
  assert.match(doubt(-5.5 * 3_600_000), / behind$/);
  assert.equal(doubt(3_600_000, "told"), "");
  assert.equal(doubt(3_600_000 + 400_000), "", "no zone is off by that");
});

test("guesses: a unit that the chart was told is in place of what names say", () => {
  const guess = { what: "unit", found: "°C (temp_c)", from: "guessed", attribute: "unit" } as const;
  const units = (unit?: string) => guessesOf(sourceOf({}, [guess]), unit);
  assert.deepEqual(units(), [guess]);
  assert.deepEqual(units("K"), [{ ...guess, found: "K", from: "told" }]);
});
