import assert from "node:assert/strict";
import { test } from "node:test";
import type { Status } from "@plotcast/client";
import type { Band } from "../scene.ts";
import { SourceClock } from "./clock.ts";
import { combineSources } from "./combined-source.ts";
import type { Source } from "./source.ts";
import { Track } from "./track.ts";

const now = 1_790_000_000_000;

function source(url: string, series: readonly string[], more: Partial<Source> = {}): Source {
  const tracks = new Map(series.map((name) => [name, new Track(name)]));
  return {
    ...{ url, tracks, clock: new SourceClock(), since: now, told: true, recall: () => {} },
    ...{ bands: [], notices: new Map(), guesses: [] },
    status: { state: "live" },
    ...more,
  };
}

const waiting: Status = { state: "waiting", reason: "the connection was cut", retryAt: now };
const names = ({ tracks }: Source) => [...tracks.keys()];

test("combined source: one passes through as it is", () => {
  const only = source("http://a/x", ["a"]);
  assert.equal(combineSources([only]), only);
});

test("combined source: the series of all, and one that two have is named after its address", () => {
  const [a, b] = [source("http://h/one/data", ["v", "a"]), source("http://h/two/data", ["v", "b"])];
  const both = combineSources([a, b]);
  assert.deepEqual(names(both), ["one/data.v", "a", "two/data.v", "b"]);
  assert.equal(both.tracks.get("a"), a.tracks.get("a"));
  for (const [name, track] of both.tracks) assert.equal(track.series, name);
});

test("combined source: a renamed series is what it was in all else, and stays the same object", () => {
  const [a, b] = [source("http://h/one", ["v"]), source("http://h/two", ["v"])];
  const both = combineSources([a, b]);
  const [renamed, original] = [both.tracks.get("two.v")!, b.tracks.get("v")!];
  original.add({ times: [now], values: [1.25] });
  original.describe({ id: 1, series: "v", unit: "V" });
  original.seenAt = now;
  assert.equal(renamed.ring, original.ring);
  assert.deepEqual([renamed.unit, renamed.decimals, renamed.seenAt], ["V", 2, now]);
  renamed.add({ times: [now + 1], values: [2] });
  assert.deepEqual([...original.ring.times], [now, now + 1]);
  (a.tracks as Map<string, Track>).set("new", new Track("new"));
  assert.deepEqual(names(both), ["one.v", "new", "two.v"]);
  assert.equal(both.tracks.get("two.v"), renamed);
});

test("combined source: addresses that differ elsewhere are told apart by that", () => {
  const labels = (...urls: string[]) =>
    names(combineSources(urls.map((url) => source(url, ["v"]))));
  assert.deepEqual(labels("http://a/x", "http://b/x"), ["a/x.v", "b/x.v"]);
  assert.deepEqual(labels("http://a/x?q=1", "http://a/x?q=2"), ["a/x?q=1.v", "a/x?q=2.v"]);
  assert.deepEqual(labels("http://a/x", "http://a/x"), ["source 1.v", "source 2.v"]);
  assert.deepEqual(labels("http://a/", "nothing"), ["source 1.v", "source 2.v"]);
  assert.ok(labels(`http://a/${"x".repeat(500)}{`, "http://a/y")[0]!.length < 70);
});

test("combined source: the status is that of the one that is worst off, and says whose", () => {
  const states = (...all: Status[]) => {
    const { status, whose, since } = combineSources(
      all.map((one, i) => source(`http://h/${i}`, [], { status: one, since: now + i })),
    );
    return [status.state, whose, since - now];
  };
  const live: Status = { state: "live" };
  const refused: Status = { state: "refused", code: 401, reason: "no" };
  assert.deepEqual(states(live, live), ["live", undefined, 0]);
  assert.deepEqual(states(live, waiting, live), ["waiting", "1", 1]);
  assert.deepEqual(states(waiting, refused), ["refused", "1", 1]);
  assert.deepEqual(states({ state: "ended" }, live), ["live", undefined, 1]);
  assert.deepEqual(states(live, { state: "connecting", attempt: 1 }), ["connecting", "1", 1]);
});

test("combined source: bands are merged by time, notices and guesses say whose they are", () => {
  const band = (from: number): Band => ({ from, to: from + 1, kind: "offline", text: "" });
  const guesses = [{ what: "unit", found: "V", from: "guessed", attribute: "unit" }] as const;
  const one = source("http://h/one", [], { bands: [band(5), band(9)], told: false });
  const notices = new Map([["not-json", "expected JSON"]]);
  const two = source("http://h/two", [], { bands: [band(7)], notices, guesses });
  const both = combineSources([one, two]);
  assert.deepEqual(
    both.bands.map(({ from }) => from),
    [5, 7, 9],
  );
  assert.deepEqual([...both.notices.values()], ["two: expected JSON"]);
  assert.deepEqual(both.guesses, [{ ...guesses[0], what: "two: unit" }]);
  assert.deepEqual([both.told, both.clock, both.url], [false, one.clock, "http://h/one"]);
});
