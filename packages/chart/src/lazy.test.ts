import assert from "node:assert/strict";
import { test } from "node:test";
import { Lazy, lacksCode, missesCode, onLoaded } from "./lazy.ts";

/** A part that is there, or not, when the test says so. */
function staged() {
  const state = { now: 0, loads: 0 };
  let settle = { come: (_: string) => {}, fail: () => {} };
  const part = new Lazy(
    () => {
      state.loads++;
      return new Promise<string>((come, reject) => {
        settle = { come, fail: () => reject(new Error("no network")) };
      });
    },
    () => state.now,
  );
  return {
    ...{ state, part },
    come: (code: string) => settle.come(code),
    fail: () => settle.fail(),
  };
}

test("lazy: a part is loaded when it is first missed, and once", async () => {
  const { state, part, come } = staged();
  assert.equal(state.loads, 0);
  assert.equal(part.code, undefined);
  assert.equal(part.code, undefined);
  assert.equal(state.loads, 1);
  come("code");
  assert.equal(await part.load(), "code");
  assert.equal(part.code, "code");
  assert.equal(state.loads, 1);
});

test("lazy: what does without a part that is on its way is told so, and what needs none is not", async () => {
  const { part, come } = staged();
  assert.equal(
    missesCode(() => {}),
    false,
  );
  const misses = () => missesCode(() => part.code);
  assert.equal(misses(), true);
  come("code");
  await part.load();
  assert.equal(misses(), false);
});

test("lazy: a part that cannot be loaded is said to be missing, waited for no more, and tried again later", async () => {
  const { state, part, come, fail } = staged();
  const loading = part.load();
  fail();
  assert.equal(await loading, undefined);
  assert.equal(lacksCode(), true);
  const misses = () => missesCode(() => part.code);
  assert.equal(misses(), false);
  assert.equal(part.failedLately, true);
  state.now = 10_000;
  assert.equal(part.failedLately, false);
  assert.equal(misses(), false);
  assert.equal(state.loads, 2);
  come("code");
  await part.load();
  assert.equal(part.code, "code");
  assert.equal(lacksCode(), false);
});

test("lazy: whoever listens hears of a part that has come, and of one that will not, until it leaves", async () => {
  const off = new AbortController();
  let heard = 0;
  onLoaded(() => heard++, off.signal);
  const [first, second, third] = [staged(), staged(), staged()];
  const loading = [first, second, third].map(({ part }) => part.load());
  first.come("code");
  await loading[0];
  assert.equal(heard, 1);
  second.fail();
  await loading[1];
  assert.equal(heard, 2);
  off.abort();
  third.come("code");
  await loading[2];
  assert.equal(heard, 2);
});
