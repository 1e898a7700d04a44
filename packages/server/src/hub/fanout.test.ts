import assert from "node:assert/strict";
import { test } from "node:test";
import type { Batch } from "../log/log.ts";
import { Fanout } from "./fanout.ts";
import type { Connection, Encoded, Form } from "./hub.ts";

function batch(offset: number): Batch {
  const one = { ids: new Uint32Array(1), times: new Float64Array(1), values: new Float64Array(1) };
  return { offset, at: 0, ...one };
}

/** Writes `prev:offset,offset` and counts how often it was asked to; odd offsets only, if told so. */
class RecordingForm implements Form {
  readonly key: string;
  encodings = 0;
  readonly #wants: (offset: number) => boolean;

  constructor(key = "all", wants = (_: number) => true) {
    this.key = key;
    this.#wants = wants;
  }

  encode(batches: readonly Batch[], prev: number): Encoded | undefined {
    this.encodings++;
    const offsets = batches.map(({ offset }) => offset).filter(this.#wants);
    const offset = offsets.at(-1);
    return offset === undefined ? undefined : { bytes: Buffer.from(`${prev}:${offsets}`), offset };
  }

  heartbeat(offset: number): Uint8Array {
    return Buffer.from(`♥${offset}`);
  }
}

class FakeConnection implements Connection {
  readonly got: string[] = [];
  readonly #off = new AbortController();
  readonly closed = this.#off.signal;
  full = false;
  #drain = () => {};

  write(bytes: Uint8Array): boolean {
    this.got.push(bytes.toString());
    return !this.full;
  }

  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#drain = resolve;
    });
  }

  drain(): void {
    this.full = false;
    this.#drain();
  }

  end(): void {
    this.#off.abort();
  }
}

/** A hub whose passes run when the test says so. */
function manual(head: number) {
  const passes: (() => void)[] = [];
  const hub = new Fanout(head, (pass) => passes.push(pass));
  const publish = (...offsets: number[]) => {
    for (const offset of offsets) hub.publish(batch(offset));
    for (const pass of passes.splice(0)) pass();
  };
  return { hub, publish, passes };
}

test("hub: a viewer gets what comes after it joined, all that is due in one write", () => {
  const { hub, publish } = manual(7);
  const viewer = new FakeConnection();
  assert.ok(hub.join(new RecordingForm(), 7, viewer));
  publish(8, 9);
  publish(10);
  assert.deepEqual(viewer.got, ["0:8,9", "9:10"]);
});

test("hub: equal selections are encoded once, however many watch", () => {
  const { hub, publish } = manual(0);
  const forms = Array.from({ length: 100 }, () => new RecordingForm());
  const viewers = forms.map((form) => {
    const viewer = new FakeConnection();
    hub.join(form, 0, viewer);
    return viewer;
  });
  publish(1);
  assert.equal(
    forms.reduce((sum, { encodings }) => sum + encodings, 0),
    1,
  );
  assert.ok(viewers.every(({ got }) => got.join() === "0:1"));
});

test("hub: a viewer that has read further than the last pass sees nothing twice", () => {
  const { hub, publish } = manual(0);
  hub.join(new RecordingForm(), 0, new FakeConnection());
  hub.publish(batch(1));
  const viewer = new FakeConnection();
  assert.ok(hub.join(new RecordingForm(), 1, viewer));
  publish(2);
  assert.deepEqual(viewer.got, ["1:2"]);
});

test("hub: a position that the group still holds begins there", () => {
  const { hub, publish } = manual(0);
  hub.join(new RecordingForm(), 0, new FakeConnection());
  publish(1);
  publish(2, 3);
  const viewer = new FakeConnection();
  assert.ok(hub.join(new RecordingForm(), 1, viewer));
  assert.deepEqual(viewer.got, ["1:2,3"]);
});

test("hub: a position between or before the entries held must be read from the log", () => {
  const { hub, publish } = manual(5);
  assert.equal(hub.join(new RecordingForm(), 4, new FakeConnection()), undefined);
  hub.join(new RecordingForm(), 5, new FakeConnection());
  publish(6, 7);
  assert.equal(hub.join(new RecordingForm(), 6, new FakeConnection()), undefined);
});

test("hub: batches without a sample of the selection are not sent, and not held against a viewer", () => {
  const { hub, publish } = manual(0);
  const odd = () => new RecordingForm("odd", (offset) => offset % 2 === 1);
  const viewer = new FakeConnection();
  hub.join(odd(), 0, viewer);
  publish(1);
  publish(2);
  publish(3);
  assert.deepEqual(viewer.got, ["0:1", "1:3"]);
  const late = new FakeConnection();
  assert.ok(hub.join(odd(), 3, late));
  publish(4);
  publish(5);
  assert.deepEqual(late.got, ["3:5"]);
});

test("hub: a full connection is left alone and gets the rest, in order, once it drains", async () => {
  const { hub, publish } = manual(0);
  const slow = new FakeConnection();
  hub.join(new RecordingForm(), 0, slow);
  slow.full = true;
  publish(1);
  publish(2);
  publish(3);
  assert.deepEqual(slow.got, ["0:1"]);
  slow.drain();
  await Promise.resolve();
  assert.deepEqual(slow.got, ["0:1", "1:2", "2:3"]);
});

test("hub: a viewer too far behind leaves with the offset it was served to", async () => {
  const { hub, publish } = manual(0);
  const slow = new FakeConnection();
  const served = hub.join(new RecordingForm(), 0, slow);
  slow.full = true;
  for (let offset = 1; offset <= 1100; offset++) publish(offset);
  slow.drain();
  assert.equal(await served, 1);
  assert.equal(hub.viewers, 0);
});

test("hub: a closed connection leaves at once and its group with it", async () => {
  const { hub, publish } = manual(0);
  const viewer = new FakeConnection();
  const form = new RecordingForm();
  const served = hub.join(form, 0, viewer);
  publish(1);
  viewer.end();
  assert.equal(await served, 1);
  publish(2);
  assert.equal(form.encodings, 1);
  assert.equal(hub.viewers, 0);
});

test("hub: a heartbeat comes after everything it speaks for", () => {
  const { hub, publish } = manual(0);
  const viewer = new FakeConnection();
  hub.join(new RecordingForm(), 0, viewer);
  hub.publish(batch(1));
  hub.heartbeat();
  publish(2);
  assert.deepEqual(viewer.got, ["0:1", "♥1", "1:2"]);
});
