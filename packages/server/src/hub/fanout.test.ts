import assert from "node:assert/strict";
import { test } from "node:test";
import type { Batch } from "../log/log.ts";
import { bodyOf } from "./bodies.ts";
import { HubCounters } from "./counters.ts";
import { FakeConnection } from "./fake-connection.ts";
import { Fanout } from "./fanout.ts";
import type { Encoded, Form, Joined, Member } from "./hub.ts";

function batch(offset: number, samples = 1): Batch {
  const ids = new Uint32Array(samples);
  const [times, values] = [new Float64Array(samples), new Float64Array(samples)];
  return { offset, at: 0, ids, times, values };
}

/** Writes `prev:offset,offset;` and counts how often it was asked to; odd offsets only, if told so. */
class RecordingForm implements Form {
  encodings = 0;
  readonly #wants: (offset: number) => boolean;

  constructor(wants = (_: number) => true) {
    this.#wants = wants;
  }

  encode(batches: readonly Batch[], prev: number): Encoded | undefined {
    this.encodings++;
    const offsets = batches.map(({ offset }) => offset).filter(this.#wants);
    const offset = offsets.at(-1);
    return offset === undefined ? undefined : { bytes: Buffer.from(`${prev}:${offsets};`), offset };
  }

  heartbeat(offset: number): Uint8Array {
    return Buffer.from(`♥${offset};`);
  }
}

class Watching implements Member {
  readonly connection = new FakeConnection();
  readonly body = bodyOf(this.connection, new HubCounters());
  behindAt: number | undefined;
  isGone = false;
  joined: Joined | undefined;

  fellBehind(served: number): void {
    this.behindAt = served;
  }

  closed(): void {
    this.isGone = true;
  }

  get got(): string[] {
    return this.connection.text.split(";").slice(0, -1);
  }
}

/** A hub whose turns and clock run when the test says so. */
function manual(head = 0, { rate = 1000, turnCost = 0 } = {}) {
  const turns: (() => void)[] = [];
  const timers: { at: number; callback: () => void }[] = [];
  const world = { now: 0, counters: new HubCounters() };
  const hub = new Fanout(head, {
    counters: world.counters,
    nextTurn: (callback) => turns.push(callback),
    after: (ms, callback) => timers.push({ at: world.now + ms, callback }),
    clock: () => {
      world.now += turnCost;
      return world.now;
    },
  });
  const turn = () => {
    for (const callback of turns.splice(0)) callback();
  };
  const settle = () => {
    while (turns.length > 0) turn();
  };
  const advance = (ms: number) => {
    world.now += ms;
    const due = timers.filter(({ at }) => at <= world.now);
    for (const timer of due) {
      timers.splice(timers.indexOf(timer), 1);
      timer.callback();
    }
    settle();
  };
  const publish = (...offsets: number[]) => {
    for (const offset of offsets) hub.publish(batch(offset));
    advance(1000 / rate);
  };
  const specs = new Map<string, { key: string; rate: number; form: () => Form }>();
  const spec = (key = "all", form: Form = new RecordingForm()) => {
    const known = specs.get(key) ?? { key, rate, form: () => form };
    specs.set(key, known);
    return known;
  };
  const join = (after: number, key = "all") => {
    const watching = new Watching();
    watching.joined = hub.join(spec(key), after, watching);
    return watching;
  };
  return { hub, publish, join, spec, turn, turns, settle, advance, world };
}

test("hub: a viewer gets what comes after it joined, all that is due in one frame", () => {
  const { publish, join } = manual(7);
  const viewer = join(7);
  publish(8, 9);
  publish(10);
  assert.deepEqual(viewer.got, ["0:8,9", "9:10"]);
});

test("hub: equal selections are encoded once, however many watch", () => {
  const { publish, join, spec } = manual();
  const form = new RecordingForm();
  spec("all", form);
  const viewers = Array.from({ length: 100 }, () => join(0));
  publish(1);
  assert.equal(form.encodings, 1);
  assert.ok(viewers.every(({ got }) => got.join() === "0:1"));
});

test("hub: a viewer that has read further than the last pass sees nothing twice", () => {
  const { hub, publish, join } = manual();
  const first = join(0);
  hub.publish(batch(1));
  hub.publish(batch(2));
  const viewer = join(1);
  publish(3);
  assert.deepEqual(viewer.got, ["1:2,3"]);
  assert.deepEqual(first.got, ["0:1", "1:2,3"]);
});

test("hub: a position that the group still holds begins there", () => {
  const { publish, join } = manual();
  join(0);
  publish(1);
  publish(2, 3);
  assert.deepEqual(join(1).got, ["1:2,3"]);
});

test("hub: a position between or before the entries held must be read from the log", () => {
  const { publish, join } = manual(5);
  assert.equal(join(4).joined, undefined);
  join(5);
  publish(6, 7);
  assert.equal(join(6).joined, undefined);
  assert.ok(join(7).joined);
});

test("hub: batches without a sample of the selection are not sent, and not held against a viewer", () => {
  const { publish, join, spec } = manual();
  spec("odd", new RecordingForm((offset) => offset % 2 === 1));
  const viewer = join(0, "odd");
  publish(1);
  publish(2);
  publish(3);
  assert.deepEqual(viewer.got, ["0:1", "1:3"]);
  const late = join(3, "odd");
  publish(4);
  publish(5);
  assert.deepEqual(late.got, ["3:5"]);
});

test("hub: a full connection is left alone and gets the rest, in order, in one piece, once it drains", () => {
  const { publish, join, world } = manual();
  const slow = join(0);
  publish(1);
  slow.connection.full = true;
  publish(2);
  publish(3);
  assert.deepEqual(slow.got, ["0:1"]);
  assert.equal(world.counters.framesSkipped, 2);
  slow.connection.drain();
  assert.deepEqual(slow.got, ["0:1", "1:2", "2:3"]);
  assert.equal(slow.connection.pieces.length, 2);
});

test("hub: a viewer too far behind leaves with the offset it was served to", () => {
  const { publish, join } = manual();
  const slow = join(0);
  publish(1);
  slow.connection.full = true;
  for (let offset = 2; offset <= 1100; offset++) publish(offset);
  assert.equal(slow.behindAt, undefined);
  slow.connection.drain();
  assert.equal(slow.behindAt, 1);
  assert.equal(slow.connection.listener, undefined);
});

test("hub: a closed connection leaves at once and its group with it", async () => {
  const { publish, join, spec, world } = manual();
  const form = new RecordingForm();
  spec("all", form);
  const viewer = join(0);
  publish(1);
  viewer.connection.destroy();
  await Promise.resolve();
  assert.ok(viewer.isGone);
  publish(2);
  assert.equal(form.encodings, 1);
  assert.equal(world.counters.groups, 0);
});

test("hub: a group that is held goes on without viewers, and can be joined where it was cut", () => {
  const { hub, publish, join, spec } = manual();
  const hold = hub.hold(spec());
  publish(1, 2);
  assert.equal(hold.cut(1), false);
  hub.publish(batch(3));
  hub.publish(batch(4));
  assert.equal(hold.cut(3), true);
  publish(5);
  assert.deepEqual(join(3).got, ["3:4,5"]);
});

test("hub: a group that was let go cannot be joined any more, but begun anew", () => {
  const { hub, publish, join, spec } = manual();
  const hold = hub.hold(spec());
  publish(1);
  hold.release();
  publish(2);
  assert.equal(hold.cut(2), false);
  const viewer = join(2);
  publish(3);
  assert.deepEqual(viewer.got, ["0:3"]);
});

test("hub: a member that leaves gets nothing more", () => {
  const { publish, join } = manual();
  const viewer = join(0);
  publish(1);
  viewer.joined?.leave();
  publish(2);
  assert.deepEqual(viewer.got, ["0:1"]);
});

test("hub: a heartbeat comes after everything it speaks for", () => {
  const { hub, publish, join } = manual();
  const viewer = join(0);
  hub.publish(batch(1));
  hub.heartbeat();
  publish(2);
  assert.deepEqual(viewer.got, ["0:1,2", "♥2"]);
});

test("hub: frames come no faster than asked for, and hold all that came between", () => {
  const { hub, join, advance, settle } = manual(0, { rate: 10 });
  const viewer = join(0);
  hub.publish(batch(1));
  settle();
  for (let offset = 2; offset <= 6; offset++) {
    hub.publish(batch(offset));
    advance(10);
  }
  assert.deepEqual(viewer.got, ["0:1"]);
  advance(50);
  assert.deepEqual(viewer.got, ["0:1", "1:2,3,4,5,6"]);
});

test("hub: of a group of low rate, what piles up beyond a limit is sent at once", () => {
  const { hub, join, settle } = manual(0, { rate: 0.1 });
  const viewer = join(0);
  hub.publish(batch(1));
  settle();
  hub.publish(batch(2, 60_000));
  settle();
  assert.deepEqual(viewer.got, ["0:1", "1:2"]);
});

test("hub: a long pass lets others have their turn, and what comes meanwhile waits for the next", () => {
  const { hub, join, turn, turns, settle } = manual(0, { turnCost: 1 });
  const viewers = Array.from({ length: 200 }, () => join(0));
  hub.publish(batch(1));
  turn();
  const served = viewers.filter(({ got }) => got.length > 0).length;
  assert.ok(served > 0 && served < 200, String(served));
  hub.publish(batch(2));
  assert.equal(turns.length, 1);
  settle();
  assert.ok(viewers.every(({ got }) => got.join(" ") === "0:1 1:2"));
});

test("hub: how far a waiting viewer lags is known", () => {
  const { hub, publish, join, advance, world } = manual();
  const slow = join(0);
  join(0);
  slow.connection.full = true;
  publish(1);
  advance(3000);
  assert.equal(Math.round(hub.lagMs() / 1000), 3);
  assert.equal(world.counters.viewersBehind, 1);
  slow.connection.drain();
  assert.equal(hub.lagMs(), 0);
  assert.equal(world.counters.viewersBehind, 0);
});

test("hub: a viewer that joins while others are being served gets each frame once", () => {
  const { hub, join, turn, settle } = manual(0, { turnCost: 1 });
  const early = Array.from({ length: 100 }, () => join(0));
  hub.publish(batch(1));
  turn();
  const late = join(1);
  hub.publish(batch(2));
  settle();
  assert.deepEqual(late.got, ["1:2"]);
  assert.ok(early.every(({ got }) => got.join(" ") === "0:1 1:2"));
});

test("hub: what a newcomer makes an entry of while others are being served reaches them all", () => {
  const { hub, join, turn, settle } = manual(0, { turnCost: 1 });
  const early = Array.from({ length: 100 }, () => join(0));
  hub.publish(batch(1));
  turn();
  hub.publish(batch(2));
  const late = join(2);
  settle();
  assert.deepEqual(late.got, []);
  assert.ok(early.every(({ got }) => got.join(" ") === "0:1 1:2"));
});

test("hub: a frame holds no more than is encoded in a moment; the rest follows in the same pass", () => {
  const { hub, join, settle } = manual(0, { rate: 1 });
  const viewer = join(0);
  for (let offset = 1; offset <= 6; offset++) hub.publish(batch(offset, 4000));
  settle();
  assert.deepEqual(viewer.got, ["0:1,2", "2:3,4", "4:5,6"]);
});

test("hub: with many groups a pass over samples for nobody lets others have their turn", () => {
  const { hub, join, turn, spec } = manual(0, { turnCost: 1 });
  const forms = Array.from({ length: 50 }, () => new RecordingForm(() => false));
  for (const [i, form] of forms.entries()) {
    spec(`none ${i}`, form);
    join(0, `none ${i}`);
  }
  hub.publish(batch(1));
  turn();
  const asked = forms.filter(({ encodings }) => encodings > 0).length;
  assert.ok(asked > 0 && asked < 50, String(asked));
});
