import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Archives } from "./archives.ts";
import { SourceClock } from "./clock.ts";
import { combineSources } from "./combined-source.ts";
import type { Source } from "./source.ts";
import { Track } from "./track.ts";

const minute = 60_000;

function source(url: string, since: number): Source {
  const track = new Track("v");
  track.ring.add(since, 1);
  return {
    ...{ url, tracks: new Map([["v", track]]), clock: new SourceClock(), since: 0, told: true },
    ...{ bands: [], notices: new Map(), guesses: [], recall: () => {} },
    status: { state: "live" },
  };
}

/** A chart of these, and servers of which the second refuses; what they were asked for, by host. */
function held(sources: readonly Source[]) {
  const source = combineSources(sources);
  const asked: string[] = [];
  const archives = new Archives({
    source,
    shown: () =>
      [...source.tracks].map(([series, { ring }]) => ({ series, rates: false, live: ring })),
    changed: () => {},
    signal: new AbortController().signal,
    later: () => {},
    fetch: async (address) => {
      const { host, pathname, searchParams } = new URL(address);
      if (host === "two") return new Response("", { status: 403 });
      if (pathname.endsWith("/series")) return Response.json({ series: [] });
      asked.push(`${host} ${searchParams.getAll("series")}`);
      const times = [Date.parse(searchParams.get("from")!)];
      return Response.json({ series: [{ series: "v", bucketMs: 0, times, values: [2] }] });
    },
  });
  return { archives, asked };
}

/** Once that holds; never, if what is waited for does not come. */
async function until(done: () => boolean): Promise<void> {
  while (!done()) await nextTurn();
}

test("archives: each source is asked by the names it knows, and a change is of one of them", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 1_700_000_000_000 });
  const now = Date.now();
  const [one, three] = [source("http://one/v1/stream", now), source("http://three/v1/stream", now)];
  const { archives, asked } = held([one, three]);
  const view = { from: now - 10 * minute, to: now };
  await until(() => {
    archives.want(view, 800);
    return ["one", "three"].every((host) => archives.ringFor(`${host}/v1/stream.v`));
  });
  assert.deepEqual(asked, ["one v", "three v"]);
  assert.equal(archives.ringFor("one/v1/stream.v")?.values[0], 2);
  assert.equal(archives.ringFor("v"), undefined);
  t.mock.timers.tick(200);
  archives.take({ type: "reset", after: "e-1", reason: "begun anew" }, three);
  archives.want(view, 800);
  await until(() => asked.length > 2);
  assert.deepEqual(asked, ["one v", "three v", "three v"]);
});

test("archives: why there is nothing older is said of each source that has a reason", async () => {
  const now = Date.now();
  const begins = now - 5 * minute;
  const [one, two] = [source("http://one/v1/stream", now), source("http://two/v1/stream", now)];
  const { archives } = held([one, two, source("http://h/feed", begins)]);
  assert.equal(archives.reach.from, Number.NEGATIVE_INFINITY);
  archives.want({ from: now - 10 * minute, to: now }, 800);
  await until(() => archives.problem !== undefined);
  assert.equal(archives.problem, "two/v1/stream: the server refuses (403)");
  const bands = archives.bands.map(({ kind, to, text }) => [kind, to, text.split(":")[0]]);
  assert.deepEqual(bands, [["retention", begins, "h/feed"]]);
  archives.want({ from: now - 4 * minute, to: now }, 800);
  assert.deepEqual(archives.bands, []);
});

test("archives: of a single source that cannot be asked there is what is held", () => {
  const begins = Date.now() - 5 * minute;
  const { archives } = held([source("http://h/feed", begins)]);
  archives.want({ from: begins - minute, to: begins + minute }, 800);
  assert.deepEqual([archives.reach.from, archives.problem], [begins, undefined]);
  assert.deepEqual(archives.bands, []);
});
