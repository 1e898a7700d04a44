import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { PlotcastError } from "@plotcast/protocol";
import { fakeLine } from "./fake-line.ts";
import { type Calls, Peer } from "./peer.ts";

/** Two peers: the first asks the second, who does what is given. */
function pair<C extends Calls>(handlers: C) {
  const line = fakeLine();
  const closed: string[] = [];
  const asking = new Peer<C>(line.a, {}, { what: "other", onClose: () => closed.push("asking") });
  new Peer(line.b, handlers, { what: "first", onClose: () => closed.push("answering") });
  return { asking, line, closed };
}

const never = () => new Promise<undefined>(() => {});

test("peer: answers come to those who asked, in whatever order", async () => {
  const waiting: ((value: string) => void)[] = [];
  const { asking } = pair({
    ask: (_: string) => new Promise<string>((resolve) => waiting.push(resolve)),
  });
  const asked = ["a", "b", "c"].map((each) => asking.call("ask", each));
  while (waiting.length < 3) await nextTurn();
  for (const index of [1, 2, 0]) waiting[index]!(`${index}`);
  assert.deepEqual(await Promise.all(asked), ["0", "1", "2"]);
});

test("peer: typed arrays cross as they are", async () => {
  const { asking } = pair({ same: async (sent: object) => sent });
  const sent = {
    columns: [Float64Array.of(1.5, Number.NaN, -0), Uint32Array.of(7), new Uint8Array(3)],
    views: new Float64Array([1, 2, 3, 4]).subarray(1, 3),
    map: new Map([[1, { unit: "°C" }]]),
    nothing: undefined,
  };
  assert.deepEqual(await asking.call("same", sent), sent);
});

test("peer: expected failures keep their code, others are bugs with their stack", async () => {
  const { asking } = pair({
    refuse: async (_: undefined) => {
      throw new PlotcastError("not-found", "cannot find it: gone");
    },
    fail: async (_: undefined) => {
      throw new TypeError("x is no function");
    },
    async *late(_: undefined) {
      yield 1;
      throw new PlotcastError("closed", "cannot go on: closed");
    },
  });
  await assert.rejects(asking.call("refuse", undefined), (error: PlotcastError) => {
    assert.ok(error instanceof PlotcastError);
    assert.deepEqual([error.code, error.message], ["not-found", "cannot find it: gone"]);
    return true;
  });
  await assert.rejects(asking.call("fail", undefined), /^Error: BUG: .*x is no function\n.*at /);
  const told: number[] = [];
  await assert.rejects(
    async () => {
      for await (const page of asking.pages("late", undefined)) told.push(page);
    },
    { code: "closed" },
  );
  assert.deepEqual(told, [1]);
});

test("peer: a page is made when it is asked for", async () => {
  let made = 0;
  const { asking } = pair({
    async *count(upTo: number) {
      while (made < upTo) yield ++made;
    },
  });
  const pages = asking.pages("count", 3);
  for (const expected of [1, 2, 3]) {
    assert.deepEqual(await pages.next(), { value: expected, done: false });
    for (let turn = 0; turn < 4; turn++) await nextTurn();
    assert.equal(made, expected);
  }
  assert.equal((await pages.next()).done, true);
});

test("peer: what is given up is told to the other side, which stops and says no more", async () => {
  let given: AbortSignal | undefined;
  const { asking, line } = pair({
    ask: (_: undefined, signal: AbortSignal) => {
      given = signal;
      return new Promise<undefined>((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      });
    },
  });
  const off = new AbortController();
  const asked = asking.call("ask", undefined, off.signal);
  while (!given) await nextTurn();
  off.abort(new Error("enough"));
  await assert.rejects(asked, /enough/);
  while (!given.aborted) await nextTurn();
  await nextTurn();
  assert.equal(line.b.sent.length, 0);
  const before = line.a.sent.length;
  await assert.rejects(asking.call("ask", undefined, off.signal), /enough/);
  assert.equal(line.a.sent.length, before);
});

test("peer: an answer that comes too late is passed over", async () => {
  let answer: (() => void) | undefined;
  const { asking } = pair({
    ask: (_: undefined) => new Promise<undefined>((r) => (answer = () => r(undefined))),
    other: async (_: undefined) => "still there",
  });
  const off = new AbortController();
  const asked = asking.call("ask", undefined, off.signal);
  while (!answer) await nextTurn();
  answer();
  off.abort();
  await assert.rejects(asked, { name: "AbortError" });
  assert.equal(await asking.call("other", undefined), "still there");
});

test("peer: when the other side is gone, nothing waits and nothing is worked on", async () => {
  let given: AbortSignal | undefined;
  const { asking, line, closed } = pair({
    ask: (_: undefined, signal: AbortSignal) => {
      given = signal;
      return never();
    },
  });
  const asked = asking.call("ask", undefined);
  while (!given) await nextTurn();
  line.a.close();
  line.b.close();
  await assert.rejects(asked, { code: "unavailable", message: "cannot ask the other: it is gone" });
  while (closed.length < 2) await nextTurn();
  assert.ok(given.aborted);
  await assert.rejects(asking.call("ask", undefined), { code: "unavailable" });
  asking.close();
  assert.equal(closed.length, 2);
});
