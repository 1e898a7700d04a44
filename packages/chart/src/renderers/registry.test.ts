import assert from "node:assert/strict";
import { test } from "node:test";
import type { CreateRenderer } from "../renderer.ts";
import { loadRenderer, registerRenderer, watchRenderers } from "./registry.ts";

const create: CreateRenderer = () => ({ configure() {}, resize() {}, draw() {} });
const other: CreateRenderer = () => ({ configure() {}, resize() {}, draw() {} });

async function says(name: string, pattern: RegExp): Promise<void> {
  await assert.rejects(loadRenderer(name), (error: Error) => {
    assert.match(error.message, pattern);
    return true;
  });
}

test("registry: those that come with us are loaded by name, also where there is no page", async () => {
  for (const name of ["canvas", "uplot"]) {
    assert.equal(typeof (await loadRenderer(name)), "function", name);
  }
});

test("registry: a renderer is loaded when it is asked for, and once", async () => {
  let loads = 0;
  registerRenderer("mine", async () => {
    loads++;
    return create;
  });
  assert.equal(loads, 0);
  assert.equal(await loadRenderer("mine"), create);
  assert.equal(await loadRenderer(" Mine "), create);
  assert.equal(loads, 1);
});

test("registry: a load that failed can be tried again", async () => {
  let works = false;
  registerRenderer("flaky", async () => {
    if (!works) throw new Error("the network is down");
    return create;
  });
  await says("flaky", /^cannot load the renderer "flaky": the network is down$/);
  works = true;
  assert.equal(await loadRenderer("flaky"), create);
});

test("registry: what throws instead of rejecting is a failed load too", async () => {
  registerRenderer("broken", () => {
    throw new Error("oh");
  });
  await says("broken", /^cannot load the renderer "broken": oh$/);
});

test("registry: a name that is registered again is the later one, even while it loads", async () => {
  let finish = (_: CreateRenderer) => {};
  registerRenderer("twice", () => new Promise((resolve) => (finish = resolve)));
  const first = loadRenderer("twice");
  registerRenderer("twice", async () => other);
  assert.equal(await loadRenderer("twice"), other);
  finish(create);
  assert.equal(await first, create);
  assert.equal(await loadRenderer("twice"), other);
});

test("registry: an earlier load that fails late does not undo a later one", async () => {
  let fail = (_: Error) => {};
  registerRenderer("late", () => new Promise((_, reject) => (fail = reject)));
  const first = loadRenderer("late");
  let loads = 0;
  registerRenderer("late", async () => {
    loads++;
    return create;
  });
  await loadRenderer("late");
  fail(new Error("gone"));
  await assert.rejects(first);
  await loadRenderer("late");
  assert.equal(loads, 1);
});

test("registry: an unknown name is told what there is, and what may have been meant", async () => {
  await says(
    "uplto",
    /^expected renderer="canvas" or "uplot".*, found "uplto"; did you mean uplot\?$/,
  );
  await says("canvas2d", /; did you mean canvas\?$/);
  await says("chartjs", /; register it first: it is in @plotcast\/chart\/chartjs$/);
  await says("gnuplot3d", /found "gnuplot3d"$/);
  await says("x".repeat(5000), /found "x{40}…"$/);
});

test("registry: a module in place of its renderer is refused", async () => {
  const load = async () => ({ create });
  registerRenderer("module", load as unknown as () => Promise<CreateRenderer>);
  await says("module", /^cannot use the renderer "module": what it loads is not a function$/);
});

test("registry: a renderer needs a name", () => {
  assert.throws(() => registerRenderer(" ", async () => create), /it has no name/);
});

test("registry: who waits for a name hears of it, until it no longer waits", () => {
  const off = new AbortController();
  const heard: string[] = [];
  watchRenderers((name) => heard.push(name), off.signal);
  watchRenderers((name) => heard.push(name), AbortSignal.abort());
  registerRenderer("Later", async () => create);
  assert.deepEqual(heard, ["later"]);
  off.abort();
  registerRenderer("latest", async () => create);
  assert.deepEqual(heard, ["later"]);
});
