import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeFrame, encodeHeartbeat, parsePosition, type Recovery } from "@plotcast/protocol";
import fc from "fast-check";
import type { Change } from "./change.ts";
import { type FakeRequest, FakeWorld } from "./fake-world.ts";

/**
 * A server as small as the protocol allows: a log of batches with one sample each, of which the first
 * six are history. Batch n holds the value n; every third is in another selection.
 */
type Server = {
  readonly head: number;
  /** The oldest batch it can resume after. */
  readonly oldest: number;
  /** The oldest batch after which it can still tell what was missed, as history. */
  readonly oldestReduced: number;
  readonly epoch: string;
  /** How many frames it sends once more on resuming, as an at-least-once server may. */
  readonly again: number;
  readonly lineEnd: string;
};

const historyLength = 6;

function selected(n: number): boolean {
  return n % 3 !== 0;
}

/** Everything this server sends to one who comes with this position. */
function answer(server: Server, asked: string | null): Uint8Array {
  const { head, epoch, oldest, oldestReduced, again } = server;
  const from = parsePosition(asked ?? "");
  const ours = from?.epoch === epoch && from.offset <= head ? from.offset : -1;
  const exact = ours >= oldest;
  const reduced = !exact && ours >= oldestReduced;
  const otherwise: Recovery = asked === null ? "fresh" : "reset";
  const recovery = exact ? "exact" : reduced ? "reduced" : otherwise;
  // What was missed is history up to somewhere before the head, and live from there.
  const first = reduced ? ours + 1 : 1;
  const joined = exact ? ours : reduced ? Math.max(ours, head - 2) : historyLength;
  const at = (n: number) => `${epoch}-${n}`;
  let text = ": welcome\n\n";
  text += encodeFrame({
    ...({ type: "hello", version: 1, epoch, recovery, serverTime: 0, heartbeatMs: 1000 } as const),
    position: at(exact ? head : joined),
    ...(reduced ? { reduced: { from: first, to: joined } } : {}),
    series: [{ id: 1, series: "a" }],
  });
  if (!exact) {
    // A range that has nothing in it is one part, too.
    for (let n = Math.min(first, joined); n <= joined; n++) {
      const columns = new Map(selected(n) ? [[1, { times: [n], values: [n] }]] : []);
      const done = n === joined;
      const range = { from: first, to: joined, bucketMs: 0 };
      const frame = { type: "history", ...range, done, series: [], columns } as const;
      text += encodeFrame(frame, done ? at(n) : undefined);
    }
  }
  let prev = Math.max(0, joined - again);
  for (let n = prev + 1; n <= head; n++) {
    if (!selected(n)) {
      text += encodeHeartbeat(at(n));
      continue;
    }
    const columns = new Map([[1, { times: [n], values: [n] }]]);
    text += encodeFrame({ type: "samples", prev: at(prev), series: [], columns }, at(n));
    prev = n;
  }
  return new TextEncoder().encode(text.replaceAll("\n", server.lineEnd));
}

/** Sends the answer up to a cut, in chunks. Without a cut: all of it, and stays. */
function serve(request: FakeRequest, server: Server, cutAt: number | undefined, chunk: number) {
  const bytes = answer(server, request.headers.get("last-event-id"));
  const until = Math.min(cutAt ?? bytes.length, bytes.length);
  const body = request.stream();
  for (let at = 0; at < until; at += chunk) body.send(bytes.slice(at, Math.min(at + chunk, until)));
  if (cutAt !== undefined) body.end();
}

/** What someone knows who forgets at each reset, and takes the later of two with the same time. */
function known(changes: readonly Change[]): (number | null)[] {
  const values = new Map<number, number | null>();
  for (const change of changes) {
    if (change.type === "reset") values.clear();
    if (!("columns" in change)) continue;
    const { times, values: told } = change.columns.get("a") ?? { times: [], values: [] };
    for (const [i, time] of times.entries()) {
      // History may repeat what was told before a reduced gap; live never does.
      assert.ok(change.type === "history" || !values.has(time), `${time} twice`);
      values.set(time, told[i]!);
    }
  }
  return [...values.values()];
}

function expected({ head }: Server): number[] {
  return Array.from({ length: head }, (_, i) => i + 1).filter(selected);
}

async function run(servers: readonly [Server, number | undefined][], chunk: number) {
  const world = new FakeWorld();
  await world.start();
  for (const [server, cutAt] of servers) {
    serve(world.last, server, cutAt, chunk);
    await world.pass(0);
    assert.ok(world.seen.length > 0);
  }
  await world.abort();
  assert.ok(world.done);
  return world;
}

const whole: Server = {
  head: 18,
  oldest: 0,
  oldestReduced: 0,
  epoch: "e",
  again: 0,
  lineEnd: "\n",
};

test("follow: cut at every byte, it resumes without a loss and without a repeat", async () => {
  const length = answer(whole, null).length;
  assert.ok(length > 1200);
  for (let at = 0; at <= length; at++) {
    const world = await run(
      [
        [whole, at],
        [whole, undefined],
      ],
      1000,
    );
    assert.deepEqual(known(world.seen), expected(whole), `cut at ${at}`);
    assert.ok(world.seen.every(({ type }) => type !== "gap"));
  }
});

test("follow: a reduced gap, cut at every byte, leaves nothing out and forgets nothing", async () => {
  const later = { ...whole, head: 30, oldest: 25 };
  const length = answer(later, "e-18").length;
  assert.ok(length > 1200);
  for (let at = 0; at <= length; at++) {
    const world = await run(
      [
        [whole, answer(whole, null).length],
        [later, at],
        [later, undefined],
      ],
      1000,
    );
    assert.deepEqual(known(world.seen), expected(later), `cut at ${at}`);
    assert.ok(world.seen.every(({ type }) => type !== "gap" && type !== "reset"));
    const reduced = world.seen.find(({ type }) => type === "reduced");
    assert.deepEqual(reduced && { ...reduced, reason: "" }, {
      ...{ type: "reduced", after: "e-18", reason: "" },
      ...{ from: 19, to: 28 },
    });
  }
});

test("follow: any cuts, chunks, line ends, repeats and losses leave it with all there is", async () => {
  const cuts = fc.array(fc.tuple(fc.nat(3000), fc.nat(20), fc.nat(3), fc.nat(9)), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(
      cuts,
      fc.integer({ min: 1, max: 700 }),
      fc.constantFrom("\n", "\r", "\r\n"),
      async (tries, chunk, lineEnd) => {
        let server = { ...whole, lineEnd };
        const servers: [Server, number | undefined][] = [];
        for (const [cutAt, grown, again, event] of tries) {
          const head = server.head + grown;
          // Now and then the log is trimmed, or starts over under another epoch.
          const { epoch } = server;
          if (event === 0) server = { ...server, oldest: head - 2, oldestReduced: head - 2 };
          if (event === 1) server = { ...server, oldest: 0, oldestReduced: 0, epoch: `${epoch}x` };
          if (event === 2) server = { ...server, oldest: head - 2 };
          server = { ...server, head, again };
          servers.push([server, cutAt]);
        }
        const world = await run([...servers, [server, undefined]], chunk);
        assert.deepEqual(known(world.seen), expected(server));
      },
    ),
    { numRuns: 100 },
  );
});
