import assert from "node:assert/strict";
import { test } from "node:test";
import { PlotcastError, type Sample } from "@plotcast/protocol";
import { maxHeld, maxPerRequest, Outbox, type Outcome } from "./outbox.ts";

const ok: Outcome = { type: "acknowledged" };
const away: Outcome = {
  type: "unreachable",
  reason: "cannot reach http://a/: nothing listens there",
};

function samples(from: number, to: number): Sample[] {
  return Array.from({ length: to - from }, (_, i) => ({ series: "a", time: from + i, value: 1 }));
}

/** An outbox whose requests are answered by `answer`, and whose clock runs only while it sleeps. */
function outbox(
  answer: (request: number) => Outcome | Promise<Outcome>,
  limits: { outageMs?: number } = {},
) {
  const requests: number[][] = [];
  const told: string[] = [];
  const slept: number[] = [];
  let now = 0;
  const box = new Outbox({
    ...limits,
    send: async (batch) => answer(requests.push(batch.map(({ time }) => time)) - 1),
    tell: (sentence) => told.push(sentence),
    now: () => now,
    random: () => 0.5,
    sleep: async (ms) => {
      slept.push(ms);
      now += ms;
    },
  });
  return { box, requests, told, slept, now: () => now };
}

test("outbox: what is added while a request is under way goes with the next, in order", async () => {
  const first = Promise.withResolvers<Outcome>();
  const { box, requests, told } = outbox((n) => (n === 0 ? first.promise : ok));
  await box.add(samples(0, 2));
  await box.add(samples(2, 3));
  await box.add(samples(3, 5));
  first.resolve(ok);
  await box.end(0);
  assert.deepEqual(requests, [
    [0, 1],
    [2, 3, 4],
  ]);
  assert.deepEqual(told, []);
});

test("outbox: a request has a limit", async () => {
  const { box, requests } = outbox(() => ok);
  await box.add(samples(0, maxPerRequest * 2 + 1));
  await box.end(0);
  assert.deepEqual(
    requests.map((times) => times.length),
    [maxPerRequest, maxPerRequest, 1],
  );
  assert.deepEqual(
    requests.flat(),
    samples(0, maxPerRequest * 2 + 1).map(({ time }) => time),
  );
});

test("outbox: sends the same again until it is acknowledged, and tells that samples had to wait", async () => {
  const { box, requests, told, slept } = outbox((n) => (n < 3 ? away : ok));
  await box.add(samples(0, 2));
  await box.end(60_000);
  assert.deepEqual(requests, [
    [0, 1],
    [0, 1],
    [0, 1],
    [0, 1],
  ]);
  assert.deepEqual(slept, [225, 350, 600]);
  assert.deepEqual(told, [
    "cannot reach http://a/: nothing listens there; holding samples and trying again",
    "the server is back after 1.2 s: 2 samples had to wait, and keep the time they were read at",
  ]);
});

test("outbox: waits as long as the server asks, within reason", async () => {
  const busy = (retryAfterMs: number): Outcome => ({ ...away, retryAfterMs }) as Outcome;
  const { box, slept } = outbox((n) => [busy(7000), busy(1e9), ok][n]!);
  await box.add(samples(0, 1));
  await box.end(600_000);
  assert.deepEqual(slept, [7000, 60_000]);
});

test("outbox: while it is full, adding waits", async () => {
  const first = Promise.withResolvers<Outcome>();
  const { box } = outbox((n) => (n === 0 ? first.promise : ok));
  let waiting = true;
  const adding = box.add(samples(0, maxHeld)).then(() => {
    waiting = false;
  });
  await new Promise(setImmediate);
  assert.equal(waiting, true);
  first.resolve(ok);
  await adding;
  await box.end(0);
});

test("outbox: at the end, patience is limited, and what is lost is counted", async () => {
  const { box, now } = outbox(() => away);
  await box.add(samples(0, 3));
  const end = now();
  await assert.rejects(box.end(1000), {
    code: "closed",
    message: "cannot reach http://a/: nothing listens there; 3 samples could not be delivered",
  });
  assert.equal(now() - end, 1000);
});

test("outbox: in a hurry it gives up, also on whoever waits for room", async () => {
  const { box } = outbox(() => away);
  const adding = box.add(samples(0, maxHeld));
  box.hurry(1000);
  await assert.rejects(adding, { code: "closed", message: /100,000 samples could not/ });
});

test("outbox: an outage may have a limit, each for itself", async () => {
  const { box } = outbox((n) => (n % 8 === 7 ? ok : away), { outageMs: 20_000 });
  await box.add(samples(0, maxPerRequest * 10));
  await box.end(Number.POSITIVE_INFINITY);
  const { box: other, now } = outbox(() => away, { outageMs: 20_000 });
  await other.add(samples(0, 1));
  await assert.rejects(other.end(Number.POSITIVE_INFINITY), { code: "closed" });
  assert.equal(now(), 20_000);
});

test("outbox: refusals without end are only counted", async () => {
  const { box, told } = outbox((n) => ({ type: "rejected", reason: `no ${n}` }));
  await box.add(samples(0, maxPerRequest * 10));
  await assert.rejects(box.end(0), { code: "forbidden", message: /some of 50,000 samples$/ });
  assert.deepEqual(told, ["no 0", "no 1", "no 2", "further refusals are only counted"]);
});

test("outbox: what the server rejects is told and passed over, and makes the end fail", async () => {
  const no: Outcome = { type: "rejected", reason: "a: too many series" };
  const { box, requests, told } = outbox((n) => (n === 0 ? no : ok));
  await box.add(samples(0, 1));
  await box.add(samples(1, 2));
  await assert.rejects(box.end(0), { code: "forbidden", message: /refused some of 1 sample$/ });
  assert.deepEqual(requests, [[0], [1]]);
  assert.deepEqual(told, ["a: too many series"]);
});

test("outbox: a refusal ends everything, also for whoever waits for room", async () => {
  const { box } = outbox(() => {
    throw new PlotcastError("unauthorized", "cannot feed http://a/: a token is needed");
  });
  await assert.rejects(box.add(samples(0, maxHeld)), { code: "unauthorized" });
  assert.equal(box.failed.aborted, true);
  await assert.rejects(box.end(0), { code: "unauthorized" });
});

test("outbox: with nothing to deliver the end comes at once", async () => {
  const { box, requests } = outbox(() => ok);
  await box.end(0);
  assert.deepEqual(requests, []);
});
