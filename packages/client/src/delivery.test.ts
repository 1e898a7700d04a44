import assert from "node:assert/strict";
import { test } from "node:test";
import type { Frame, Hello, Recovery } from "@plotcast/protocol";
import { Delivery } from "./delivery.ts";
import type { Told } from "./told.ts";

function hello(recovery: Recovery, offset: number, epoch = "e"): Hello {
  const series = [{ id: 1, series: "a" }];
  const position = `${epoch}-${offset}`;
  const rest = { serverTime: 0, heartbeatMs: 15_000, series };
  const reduced = recovery === "reduced" ? { reduced: { from: 20, to: 90 } } : {};
  return { type: "hello", version: 1, epoch, position, recovery, ...reduced, ...rest };
}

function columns(id: number, value: number) {
  return new Map([[id, { times: [value], values: [value] }]]);
}

function samples(prev: number, value: number, epoch = "e"): Frame {
  return { type: "samples", prev: `${epoch}-${prev}`, series: [], columns: columns(1, value) };
}

function history(value: number, done: boolean): Frame {
  const range = { from: 0, to: 9, bucketMs: 0 };
  return { type: "history", ...range, done, series: [], columns: columns(1, value) };
}

/** What a frame tells in short: `samples 5 e-5`, `reset e-1`, `reduced e-1: 20 to 90`. */
function tell(delivery: Delivery, frame: Frame, id?: string): string[] {
  return delivery.accept(frame as Exclude<Frame, { type: "bye" }>, id).flatMap(short);
}

function short(change: Told): string | string[] {
  if (change.type === "idle") return [];
  if (change.type === "open") return change.reset ? `reset ${change.reset.after}` : [];
  if (change.type === "reduced") {
    return `reduced ${change.after}: ${change.from} to ${change.to}`;
  }
  if (change.type === "gap") return `gap ${change.from}..${change.to}`;
  if (change.type === "samples" || change.type === "history") {
    return `${change.type} ${change.columns.get("a")?.values} ${change.position ?? ""}`.trim();
  }
  return change.type;
}

/** Someone who stands at `e-5` on an open connection. */
function standing(): Delivery {
  const delivery = new Delivery(undefined);
  delivery.begin();
  tell(delivery, hello("fresh", 4));
  tell(delivery, history(1, true), "e-4");
  assert.deepEqual(tell(delivery, samples(4, 5), "e-5"), ["samples 5 e-5"]);
  return delivery;
}

function reconnected(delivery: Delivery): Delivery {
  delivery.begin();
  return delivery;
}

test("delivery: the position moves with the last of history, then with each frame", () => {
  const delivery = new Delivery(undefined);
  assert.deepEqual(tell(delivery, hello("fresh", 4)), ["series"]);
  assert.equal(delivery.position, undefined);
  tell(delivery, history(1, false));
  delivery.idle("e-6");
  assert.equal(delivery.position, undefined, "a heartbeat does not skip the rest of history");
  assert.deepEqual(tell(delivery, history(2, true), "e-4"), ["history 2 e-4"]);
  assert.equal(delivery.position, "e-4");
  delivery.idle("e-9");
  assert.equal(delivery.position, "e-9");
  assert.deepEqual(tell(delivery, samples(7, 10), "e-10"), ["samples 10 e-10"]);
});

test("delivery: a heartbeat never takes the position back", () => {
  const delivery = standing();
  for (const id of ["e-4", "f-9", "garbage", ""]) delivery.idle(id);
  assert.equal(delivery.position, "e-5");
});

test("delivery: what was told before is dropped", () => {
  const delivery = standing();
  assert.deepEqual(tell(delivery, samples(4, 5), "e-5"), []);
  assert.deepEqual(tell(delivery, samples(3, 4), "e-4"), []);
  reconnected(delivery);
  assert.deepEqual(tell(delivery, hello("exact", 7)), ["series"]);
  assert.deepEqual(tell(delivery, samples(4, 5), "e-5"), []);
  assert.deepEqual(tell(delivery, samples(5, 6), "e-6"), ["samples 6 e-6"]);
});

test("delivery: a hole is asked for again, and told if it stays", () => {
  const delivery = standing();
  assert.throws(() => tell(delivery, samples(6, 7), "e-7"), { code: "bad-input", message: /lost/ });
  assert.equal(delivery.position, "e-5");
  reconnected(delivery);
  tell(delivery, hello("exact", 7));
  assert.deepEqual(tell(delivery, samples(6, 7), "e-7"), ["gap e-5..e-6", "samples 7 e-7"]);
  assert.throws(() => tell(delivery, samples(8, 9), "e-9"), /lost/);
});

test("delivery: a hole right after a fresh history is seen, too", () => {
  const delivery = new Delivery(undefined);
  tell(delivery, hello("fresh", 4));
  assert.throws(() => tell(delivery, samples(5, 6), "e-6"), /lost/);
});

test("delivery: a frame without a name for a series is asked for again, then left out", () => {
  const delivery = standing();
  const strange: Frame = { type: "samples", prev: "e-5", series: [], columns: columns(7, 6) };
  assert.throws(() => tell(delivery, strange, "e-6"), /never introduced/);
  reconnected(delivery);
  tell(delivery, hello("exact", 7));
  assert.deepEqual(tell(delivery, strange, "e-6"), ["gap e-5..e-6"]);
  assert.deepEqual(tell(delivery, samples(6, 7), "e-7"), ["samples 7 e-7"]);
});

test("delivery: ids of series are those of the connection", () => {
  const delivery = reconnected(standing());
  tell(delivery, { ...hello("exact", 5), series: [{ id: 1, series: "b" }] });
  const [change] = delivery.accept(samples(5, 6) as never, "e-6");
  assert.ok(change?.type === "samples");
  assert.deepEqual([...change.columns.keys()], ["b"]);
  reconnected(delivery);
  tell(delivery, { ...hello("exact", 6), series: [] });
  assert.throws(() => tell(delivery, samples(6, 7), "e-7"), /never introduced/);
});

test("delivery: a reset is told with the position it is about, then history is fresh", () => {
  const delivery = reconnected(standing());
  const missed = { after: "e-5", reason: "trimmed" };
  const changes = delivery.accept({ ...hello("reset", 90), missed }, undefined);
  const reset = { after: "e-5", reason: "trimmed" };
  assert.deepEqual(changes[0], { type: "open", recovery: "whole", reset });
  assert.equal(delivery.position, undefined);
  assert.deepEqual(tell(delivery, history(80, true), "e-90"), ["history 80 e-90"]);
  assert.deepEqual(tell(delivery, samples(90, 91), "e-91"), ["samples 91 e-91"]);
});

test("delivery: another epoch is a reset, whatever the server calls it", () => {
  const delivery = reconnected(standing());
  assert.deepEqual(tell(delivery, hello("exact", 9, "f")), ["reset e-5", "series"]);
  const fresh = reconnected(standing());
  assert.deepEqual(tell(fresh, hello("fresh", 9)), ["reset e-5", "series"]);
  const garbage = new Delivery("garbage");
  assert.deepEqual(tell(garbage, hello("exact", 9)), ["reset garbage", "series"]);
});

test("delivery: another epoch in mid-stream is asked for again", () => {
  assert.throws(() => tell(standing(), samples(5, 6, "f"), "f-6"), /began anew/);
});

test("delivery: half a history is forgotten and told again", () => {
  const delivery = new Delivery(undefined);
  tell(delivery, hello("fresh", 4));
  tell(delivery, history(1, false));
  reconnected(delivery);
  assert.deepEqual(tell(delivery, hello("fresh", 6)), ["reset ", "series"]);
  reconnected(delivery);
  assert.deepEqual(tell(delivery, hello("fresh", 6)), ["series"], "nothing is there to forget");
});

test("delivery: a reduced gap is told with its range, and live goes on where its history ends", () => {
  const delivery = reconnected(standing());
  const missed = { after: "e-5", reason: "trimmed" };
  assert.deepEqual(delivery.accept({ ...hello("reduced", 88), missed }, undefined), [
    { type: "open", recovery: "reduced", at: "e-5" },
    { type: "reduced", after: "e-5", reason: "trimmed", from: 20, to: 90 },
    { type: "series", series: [{ id: 1, series: "a" }] },
  ]);
  assert.deepEqual(tell(delivery, history(40, false)), ["history 40"]);
  assert.deepEqual(tell(delivery, history(50, true), "e-90"), ["history 50 e-90"]);
  assert.deepEqual(tell(delivery, samples(90, 91), "e-91"), ["samples 91 e-91"]);
});

test("delivery: a reduced gap that is cut begins again at the old position, and nothing is forgotten", () => {
  const delivery = reconnected(standing());
  const told = ["reduced e-5: 20 to 90", "series"];
  assert.deepEqual(tell(delivery, hello("reduced", 90)), told);
  assert.deepEqual(tell(delivery, history(7, false)), ["history 7"]);
  delivery.idle("e-92");
  reconnected(delivery);
  assert.equal(delivery.position, "e-5");
  assert.deepEqual(tell(delivery, hello("reduced", 95)), told);
  assert.deepEqual(tell(delivery, history(7, false)), ["history 7"]);
  assert.deepEqual(tell(delivery, history(8, true), "e-96"), ["history 8 e-96"]);
  assert.equal(delivery.position, "e-96");
});

test("delivery: a reduced gap that is cut and then too old even for that is a reset", () => {
  const delivery = reconnected(standing());
  tell(delivery, hello("reduced", 90));
  tell(delivery, history(7, false));
  reconnected(delivery);
  assert.deepEqual(tell(delivery, hello("reset", 95)), ["reset e-5", "series"]);
  tell(delivery, history(1, false));
  reconnected(delivery);
  assert.equal(delivery.position, undefined);
});

test("delivery: a reduced gap without its range is a reset", () => {
  const delivery = reconnected(standing());
  const { reduced: _, ...bare } = hello("reduced", 90);
  assert.deepEqual(tell(delivery, bare), ["reset e-5", "series"]);
});

test("delivery: a gap is told and passed", () => {
  const delivery = standing();
  const gap: Frame = { type: "gap", from: "e-5", to: "e-8", reason: "slow" };
  assert.deepEqual(tell(delivery, gap), ["gap e-5..e-8"]);
  assert.equal(delivery.position, "e-8");
  assert.deepEqual(tell(delivery, samples(8, 9), "e-9"), ["samples 9 e-9"]);
});

test("delivery: a position inside a batch is before the next batch", () => {
  const delivery = new Delivery("e-5.2");
  assert.deepEqual(tell(delivery, hello("exact", 7)), ["series"]);
  assert.deepEqual(tell(delivery, samples(5, 6), "e-6"), ["samples 6 e-6"]);
});

test("delivery: history beside an exact resume leaves the position where it is", () => {
  const delivery = standing();
  delivery.begin(true);
  tell(delivery, hello("exact", 9));
  const beside = (done: boolean) => ({ ...history(7, done), through: "e-9" }) as Frame;
  delivery.idle("e-9");
  assert.equal(delivery.position, "e-5");
  assert.deepEqual(tell(delivery, beside(false)), ["history 7"]);
  delivery.idle("e-9");
  assert.equal(delivery.position, "e-5", "a heartbeat does not skip what was missed");
  tell(delivery, beside(true));
  assert.equal(delivery.position, "e-5");
  assert.deepEqual(tell(delivery, samples(5, 6), "e-6"), ["samples 6 e-6"]);
  delivery.begin(true);
  tell(delivery, hello("exact", 9));
  tell(delivery, beside(false));
  delivery.begin(true);
  assert.equal(delivery.position, "e-6", "half of it is no reason to forget the position");
});

test("delivery: what was too much in mid-stream is told as a stretch, and live goes on after it", () => {
  const delivery = standing();
  const range = { from: 20, to: 90 };
  const reduced: Frame = { type: "reduced", after: "e-5", reason: "slow", ...range };
  assert.deepEqual(tell(delivery, reduced), ["reduced e-5: 20 to 90"]);
  delivery.idle("e-8");
  assert.deepEqual(tell(delivery, history(7, false)), ["history 7"]);
  assert.equal(delivery.position, "e-5");
  assert.deepEqual(tell(delivery, history(8, true), "e-8"), ["history 8 e-8"]);
  assert.deepEqual(tell(delivery, samples(8, 9), "e-9"), ["samples 9 e-9"]);
  const fresh = new Delivery(undefined);
  tell(fresh, hello("fresh", 4));
  assert.throws(() => tell(fresh, reduced), { code: "bad-input" });
});
