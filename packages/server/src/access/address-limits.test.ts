import assert from "node:assert/strict";
import { test } from "node:test";
import { AddressLimits, type AddressLimitsOptions } from "./address-limits.ts";

/** Limits whose clock is moved by each call. */
function limited(options: AddressLimitsOptions) {
  let clock = 0;
  const limits = new AddressLimits({ now: () => clock, ...options });
  const take = (address: string, now: number) => {
    clock = now;
    return limits.take(address);
  };
  return { limits, take };
}

test("address limits: an address has so many streams, and one more when one ends", () => {
  const { limits, take } = limited({ maxStreams: 2 });
  assert.equal(take("192.0.2.1", 0), undefined);
  assert.equal(take("::ffff:192.0.2.1", 0), undefined);
  assert.deepEqual(take("192.0.2.1", 0), {
    kind: "address",
    reason: "too many viewers from your address",
  });
  assert.equal(take("192.0.2.2", 0), undefined);
  limits.give("192.0.2.1");
  assert.equal(take("192.0.2.1", 0), undefined);
  assert.equal(take("192.0.2.1", 0)?.kind, "address");
  for (const address of ["192.0.2.1", "192.0.2.1", "192.0.2.2"]) limits.give(address);
  assert.equal(take("192.0.2.1", 0), undefined);
  assert.equal(limits.size, 2);
});

test("address limits: the addresses of one IPv6 network count as one", () => {
  const { take } = limited({ maxStreams: 2 });
  take("2001:db8::1", 0);
  take("2001:db8::2", 0);
  assert.equal(take("2001:db8::3", 0)?.kind, "address");
  assert.equal(take("2001:db8:0:1::3", 0), undefined);
});

test("address limits: streams begin in a burst, then at a rate, and refusals cost nothing", () => {
  const { limits, take } = limited({ burst: 3, perSecond: 2 });
  const visit = (now: number) => {
    const refusal = take("192.0.2.1", now);
    if (!refusal) limits.give("192.0.2.1");
    return refusal?.kind ?? "in";
  };
  assert.deepEqual([visit(0), visit(0), visit(0), visit(0)], ["in", "in", "in", "rate"]);
  for (let times = 0; times < 100; times++) assert.equal(visit(499), "rate");
  assert.deepEqual([visit(500), visit(500), visit(999), visit(1000)], ["in", "rate", "rate", "in"]);
  // However long it was away, it has no more than a burst.
  assert.deepEqual(
    [1, 2, 3, 4].map(() => visit(1e9)),
    ["in", "in", "in", "rate"],
  );
});

test("address limits: an address that keeps a stream gathers no more than a burst", () => {
  const { take } = limited({ burst: 2, perSecond: 1 });
  take("192.0.2.1", 0);
  assert.deepEqual(
    [1, 2, 3].map(() => take("192.0.2.1", 1e9)?.kind),
    [undefined, undefined, "rate"],
  );
});

test("address limits: leaving and coming back gives no new burst", () => {
  const { limits, take } = limited({ burst: 1, perSecond: 1 });
  take("192.0.2.1", 0);
  limits.give("192.0.2.1");
  assert.equal(take("192.0.2.1", 0)?.reason, "too many new viewers from your address");
  assert.equal(take("192.0.2.1", 1000), undefined);
});

test("address limits: an address is remembered for as long as it lacks tokens, and not much longer", () => {
  const { limits, take } = limited({ burst: 10, perSecond: 10 });
  for (let times = 0; times < 10; times++) {
    take("192.0.2.1", 900);
    limits.give("192.0.2.1");
  }
  assert.equal(take("192.0.2.2", 1000), undefined);
  assert.equal(take("192.0.2.1", 1000), undefined);
  assert.equal(take("192.0.2.1", 1000)?.kind, "rate");
  limits.give("192.0.2.1");
  take("192.0.2.2", 2100);
  assert.equal(limits.size, 2);
  take("192.0.2.2", 3200);
  assert.equal(limits.size, 1);
  limits.give("192.0.2.2");
});

test("address limits: no number of addresses takes more than so much memory", () => {
  const { limits, take } = limited({ maxIdle: 100, burst: 5 });
  const address = (n: number) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
  for (let n = 0; n < 50; n++) take(address(n), 0);
  for (let n = 50; n < 20_000; n++) {
    assert.equal(take(address(n), 0), undefined);
    limits.give(address(n));
    assert.ok(limits.size <= 150);
  }
  // Those with a stream are never forgotten: what is given back was taken.
  for (let n = 0; n < 50; n++) limits.give(address(n));
  assert.ok(limits.size <= 100);
});

test("address limits: a refused address is not remembered for it", () => {
  const { limits, take } = limited({ maxStreams: 0 });
  for (let n = 0; n < 100; n++) assert.ok(take(`10.0.0.${n}`, 0));
  assert.equal(limits.size, 0);
});

test("address limits: exempt addresses are not counted", () => {
  const { limits, take } = limited({ maxStreams: 1, exempt: (a) => a === "127.0.0.1" });
  for (let times = 0; times < 100; times++) assert.equal(take("127.0.0.1", 0), undefined);
  limits.give("127.0.0.1");
  assert.equal(limits.size, 0);
});

test("address limits: what was not taken cannot be given back", () => {
  const limits = new AddressLimits();
  assert.throws(() => limits.give("192.0.2.1"), /BUG/);
});
