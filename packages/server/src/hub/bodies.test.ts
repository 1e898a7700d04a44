import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import type { Batch } from "../log/log.ts";
import { bodyOf } from "./bodies.ts";
import type { Body } from "./body.ts";
import { HubCounters } from "./counters.ts";
import { FakeConnection } from "./fake-connection.ts";
import { Fanout } from "./fanout.ts";
import type { Joined, Member } from "./hub.ts";
import { Packet } from "./packet.ts";

function batch(offset: number, seed: number): Batch {
  const values = Float64Array.of(seed);
  return { offset, at: 0, ids: Uint32Array.of(1), times: new Float64Array(1), values };
}

/** Offsets of all frames. */
let made: number[] = [];

/** Frames as ours are: much alike, some long, some short, some of which go on from one before. */
const form = {
  encode: (batches: readonly Batch[]) => {
    const { offset } = batches.at(-1)!;
    const seed = batches[0]!.values[0]!;
    const text = `id: e-${offset}\nevent: samples\ndata: {"blocks":[${seed}`;
    const numbers = Array.from({ length: seed % 90 }, (_, i) => (i * seed) % 7);
    const bytes = Buffer.from(`${text},${numbers}]}\n\n`);
    const since = made.at(-1 - (seed % 5));
    made.push(offset);
    if (seed % 2 === 0 || since === undefined) return { bytes, offset };
    const brief = Buffer.from(`id:e-${offset}\ndata:[${since},${numbers.slice(0, 20)}]\n\n`);
    return { bytes, offset, brief: { bytes: brief, since } };
  },
  heartbeat: (offset: number) => Buffer.from(`id: e-${offset}\n\n`),
};
const spec = {
  key: "all",
  rate: 1000,
  form: () => form,
};

/** Two viewers to whom the same happens, one of which takes gzip. */
class Twins implements Member {
  readonly gzip = new FakeConnection({ gzip: true });
  readonly plain = new FakeConnection();
  readonly counters = new HubCounters();
  readonly body: Body;
  joined: Joined | undefined;

  constructor() {
    const bodies = [bodyOf(this.gzip, this.counters), bodyOf(this.plain, new HubCounters())];
    this.body = {
      connection: this.gzip,
      write: (raw) => bodies.forEach((body) => void body.write(raw)),
      send: (packet) => bodies.forEach((body) => void body.send(packet)),
      sendPiece: (piece) => bodies.forEach((body) => void body.sendPiece(piece)),
      leaveStream: () => bodies.forEach((body) => void body.leaveStream()),
      end: (raw) => bodies.forEach((body) => void body.end(raw)),
    };
  }

  fellBehind(): void {
    this.joined = undefined;
  }

  closed(): void {}
}

const action = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant("publish"), n: fc.nat(5000) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("come"), n: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("fill"), n: fc.nat(20) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("drain"), n: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("skip"), n: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("private"), n: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("heartbeat"), n: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("end"), n: fc.nat(20) }) },
);

test("body: whoever joins, lags, skips and leaves, shared gzip is the very text that others get", () => {
  let shared = 0;
  let briefs = 0;
  fc.assert(
    fc.property(fc.array(action, { minLength: 50, maxLength: 400, size: "max" }), (actions) => {
      const turns: (() => void)[] = [];
      let now = 0;
      made = [];
      const hub = new Fanout(0, {
        nextTurn: (callback) => turns.push(callback),
        after: (_, callback) => turns.push(callback),
        clock: () => now++,
      });
      const viewers: Twins[] = [];
      const welcome = new Packet(Buffer.from("event: history\ndata: the same for all\n\n"));
      let head = 0;
      for (const { do: what, n } of actions) {
        const viewer = viewers[n % Math.max(1, viewers.length)];
        if (what === "publish") hub.publish(batch(++head, n));
        else if (what === "heartbeat") hub.heartbeat();
        else if (what === "come") {
          const twins = new Twins();
          twins.body.write(Buffer.from(`hello ${n}\n\n`));
          twins.body.send(welcome);
          twins.joined =
            hub.join(spec, Math.max(0, head - n), twins) ?? hub.join(spec, head, twins);
          viewers.push(twins);
        } else if (viewer?.gzip.ended === false) {
          if (what === "fill") viewer.gzip.full = true;
          else if (what === "drain") viewer.gzip.drain();
          else if (what === "private") viewer.body.write(Buffer.from(": only you\n\n"));
          else if (what === "skip") {
            viewer.joined?.leave();
            viewer.joined = hub.join(spec, head, viewer);
          } else if (what === "end") {
            viewer.joined?.leave();
            viewer.body.end(Buffer.from("event: bye\n\n"));
          }
        }
        now += n % 3;
        for (const turn of turns.splice(0)) turn();
      }
      for (const { gzip, plain, counters, body } of viewers) {
        briefs += goingOn(plain.text);
        assert.equal(gzip.text, plain.text);
        if (!gzip.ended) body.end();
        // Checks the CRC and the length as well.
        assert.equal(gunzipSync(Buffer.concat(gzip.pieces)).toString(), plain.text);
        shared += counters.rawBytes;
      }
    }),
    { numRuns: 60 },
  );
  assert.ok(shared > 1_000_000, `only ${shared} bytes were compared`);
  assert.ok(briefs > 1000, `only ${briefs} frames went on from one before`);
});

/** How many frames go on from one before. All from that one on must have come. */
function goingOn(text: string): number {
  let count = 0;
  const come = new Set<number>();
  for (const event of text.split("\n\n")) {
    const offset = Number(/^id: ?e-(\d+)$/m.exec(event)?.[1]);
    const since = Number(/^data:\[(\d+)/m.exec(event)?.[1]);
    if (!event.includes("data")) continue; // a heartbeat is no frame
    if (since > 0) {
      count++;
      const missed = made.filter((one) => one >= since && one < offset && !come.has(one));
      assert.deepEqual(missed, [], `${offset} goes on from ${since}`);
    }
    come.add(offset);
  }
  return count;
}

test("body: who has read enough gets blocks that refer back, and they are smaller", () => {
  const hub = new Fanout(0, { nextTurn: (callback) => callback(), clock: () => Date.now() });
  const sizes: number[] = [];
  const twins = new Twins();
  hub.join({ ...spec, rate: 1000 }, 0, twins);
  const late = new Twins();
  for (let offset = 1; offset <= 100; offset++) {
    if (offset === 2) hub.join(spec, 1, late);
    const before = twins.gzip.pieces.length;
    hub.publish(batch(offset, 89 + 90 * offset));
    hub.heartbeat();
    const written = twins.gzip.pieces.slice(before);
    sizes.push(written.reduce((sum, { length }) => sum + length, 0));
  }
  assert.ok(sizes.at(-1)! < sizes[0]! * 0.6, `${sizes[0]} and ${sizes.at(-1)} bytes`);
  const bytes = (from: Twins) => Buffer.concat(from.gzip.pieces.slice(-10)).length;
  assert.equal(bytes(late), bytes(twins));
});
