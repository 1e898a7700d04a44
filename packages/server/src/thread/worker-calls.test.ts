import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { WorkerCalls, type WorkerOptions } from "./worker-calls.ts";

type TestCalls = {
  double(pair: { readonly buffer: ArrayBuffer }): { readonly buffer: ArrayBuffer };
  refuse(options: object): undefined;
  break(options: object): undefined;
  die(options: object): undefined;
};

const source = `
  import { answerCalls } from ${JSON.stringify(import.meta.resolve("./worker-calls.ts"))};
  import { PlotcastError } from ${JSON.stringify(import.meta.resolve("@plotcast/protocol"))};
  answerCalls({
    double({ buffer }) {
      const bytes = new Uint8Array(buffer);
      for (let at = 0; at < bytes.length; at++) bytes[at] *= 2;
      return { buffer };
    },
    refuse() { throw new PlotcastError("storage-full", "cannot append: the disk is full"); },
    break() { throw new TypeError("BUG: oops"); },
    die() { process.exit(1); },
  }, () => {});
`;

function started(t: TestContext, options?: WorkerOptions): WorkerCalls<TestCalls> {
  const url = new URL(`data:text/javascript,${encodeURIComponent(source)}`);
  const calls = new WorkerCalls<TestCalls>(url, undefined, options);
  t.after(() => calls.end());
  return calls;
}

test("worker calls: a buffer goes there and back without a copy", async (t) => {
  const calls = started(t);
  const { buffer } = Uint8Array.of(1, 2, 3);
  const answer = calls.call("double", { buffer });
  assert.equal(buffer.detached, true);
  assert.deepEqual(new Uint8Array((await answer).buffer), Uint8Array.of(2, 4, 6));
});

test("worker calls: an expected failure keeps its code, a bug stays a bug", async (t) => {
  const calls = started(t);
  await assert.rejects(calls.call("refuse", {}), {
    name: "PlotcastError",
    code: "storage-full",
    message: "cannot append: the disk is full",
  });
  await assert.rejects(calls.call("break", {}), { name: "TypeError", message: "BUG: oops" });
});

test("worker calls: a worker that dies fails what is under way, and the next call starts another", async (t) => {
  const calls = started(t);
  const failure = {
    code: "unavailable",
    message: "cannot use the log: its thread has ended unexpectedly; send again",
  };
  const died = assert.rejects(calls.call("die", {}), failure);
  await assert.rejects(calls.call("double", { buffer: new ArrayBuffer(1) }), failure);
  await died;
  assert.equal((await calls.call("double", { buffer: new ArrayBuffer(1) })).buffer.byteLength, 1);
});

test("worker calls: where no other may take its place, one that died stays dead", async (t) => {
  const heap = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2 };
  const calls = started(t, { heap, what: "history", restarts: false });
  const failure = {
    code: "unavailable",
    message: "cannot use the history: its thread has ended unexpectedly; start again",
  };
  await assert.rejects(calls.call("die", {}), failure);
  await assert.rejects(calls.call("double", { buffer: new ArrayBuffer(1) }), failure);
});

test("worker calls: end waits for what was asked", async (t) => {
  const calls = started(t);
  const answer = calls.call("double", { buffer: new ArrayBuffer(8) });
  await calls.end();
  assert.equal((await answer).buffer.byteLength, 8);
});
