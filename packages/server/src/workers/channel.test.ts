import assert from "node:assert/strict";
import { test } from "node:test";
import { serialize } from "node:v8";
import { type ProcessEnd, processChannel, weigh } from "./channel.ts";

test("channel: what was not taken by the other end is counted until it is", () => {
  const sent: (() => void)[] = [];
  const end: ProcessEnd = {
    send: (_message, _handle, _options, done) => sent.push(() => done(null)) > 0,
    on: () => {},
    once: () => {},
  };
  const channel = processChannel(end);
  channel.send({ columns: new Float64Array(1000) });
  channel.send({ columns: new Float64Array(1000) });
  assert.ok(channel.unsentBytes > 16_000 && channel.unsentBytes < 17_000);
  sent[0]!();
  assert.ok(channel.unsentBytes > 8_000 && channel.unsentBytes < 8_500);
  sent[1]!();
  assert.equal(channel.unsentBytes, 0);
});

test("channel: a message weighs roughly what it takes", () => {
  const names = Array.from({ length: 1000 }, (_, i) => `cpu{core="${i}"}`);
  for (const message of [
    { ids: new Uint32Array(5000), times: new Float64Array(5000), values: new Float64Array(5000) },
    { names },
    { calls: names.map((_, call) => ({ call, result: call })) },
  ]) {
    const ratio = weigh(message) / serialize(message).length;
    assert.ok(ratio > 0.5 && ratio < 4, `${ratio}`);
  }
});
