import assert from "node:assert/strict";
import { test } from "node:test";
import { boxBetween, keyIntent, type Wheel, wheelIntent } from "./intents.ts";

function wheel(more: Partial<Wheel>): Wheel {
  return {
    ...{ deltaX: 0, deltaY: 0, deltaMode: 0 },
    ...{ ctrlKey: false, metaKey: false, shiftKey: false, ...more },
  };
}

function key(text: string, more: Partial<KeyboardEvent> = {}) {
  const none = { shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };
  return { ...none, key: text, ...more };
}

test("intents: a plain turn of the wheel is the page's, unless the chart is being handled", () => {
  assert.equal(wheelIntent(wheel({ deltaY: 100 }), false), undefined);
  const intent = wheelIntent(wheel({ deltaY: 100 }), true);
  assert.ok(intent?.kind === "zoom" && intent.factor > 1.1 && intent.factor < 1.4);
});

test("intents: with Ctrl or Cmd, and by a pinch on a touchpad, the wheel zooms", () => {
  const towards = wheelIntent(wheel({ deltaY: -100, ctrlKey: true }), false);
  assert.ok(towards?.kind === "zoom" && towards.factor < 0.9);
  const pinch = wheelIntent(wheel({ deltaY: 5, ctrlKey: true }), false);
  assert.ok(pinch?.kind === "zoom" && pinch.factor > 1.03 && pinch.factor < 1.1);
  assert.equal(wheelIntent(wheel({ deltaY: 1, metaKey: true }), false)?.kind, "zoom");
});

test("intents: back and forth by the same turns is where it began", () => {
  const factors = [100, -100, 300, -300].map((deltaY) => {
    const intent = wheelIntent(wheel({ deltaY, ctrlKey: true }), false);
    return intent?.kind === "zoom" ? intent.factor : Number.NaN;
  });
  const all = factors.reduce((product, factor) => product * factor, 1);
  assert.ok(Math.abs(all - 1) < 1e-9);
});

test("intents: no turn, however wild, zooms by more than two", () => {
  for (const deltaMode of [0, 1, 2]) {
    for (const deltaY of [-1e6, 1e6]) {
      const intent = wheelIntent(wheel({ deltaY, deltaMode, ctrlKey: true }), false);
      assert.ok(intent?.kind === "zoom" && intent.factor >= 0.5 && intent.factor <= 2);
    }
  }
});

test("intents: sideways, or with Shift, the wheel pans", () => {
  assert.deepEqual(wheelIntent(wheel({ deltaX: 30, deltaY: 5 }), false), { kind: "pan", px: 30 });
  assert.deepEqual(wheelIntent(wheel({ deltaY: 3, deltaMode: 1, shiftKey: true }), false), {
    kind: "pan",
    px: 48,
  });
  assert.equal(wheelIntent(wheel({}), true), undefined);
});

test("intents: keys zoom around the middle, or around the newest end of what follows", () => {
  assert.deepEqual(keyIntent(key("+"), true), { kind: "zoom", factor: 1 / 1.5, at: 0.5 });
  assert.deepEqual(keyIntent(key("-"), false), { kind: "zoom", factor: 1.5, at: 1 });
});

test("intents: arrows alone are for reading, and keys of the browser for the browser", () => {
  assert.equal(keyIntent(key("ArrowLeft"), true), undefined);
  assert.deepEqual(keyIntent(key("ArrowLeft", { shiftKey: true }), true), {
    kind: "step",
    views: -0.25,
  });
  for (const text of ["+", "-", "0", "Home"]) {
    assert.equal(keyIntent(key(text, { ctrlKey: true }), true), undefined);
    assert.equal(keyIntent(key(text, { metaKey: true }), true), undefined);
  }
});

test("intents: End, Escape and 0 follow, and are left alone where there is nothing to end", () => {
  for (const text of ["End", "Escape", "0"]) {
    assert.deepEqual(keyIntent(key(text), true), { kind: "follow" });
    assert.equal(keyIntent(key(text), false), undefined);
  }
});

const area = { x: 50, y: 10, width: 400, height: 200 };

test("intents: a box is the same from whichever corner, and ends at the edges of the plot", () => {
  const expected = { x: { from: 0.25, to: 0.5 }, y: { from: 0.5, to: 1 } };
  assert.deepEqual(boxBetween(area, { x: 150, y: 110 }, { x: 250, y: 10 }), expected);
  assert.deepEqual(boxBetween(area, { x: 250, y: -99 }, { x: 150, y: 110 }), expected);
});

test("intents: a flat box means time alone, and a thin one nothing", () => {
  assert.deepEqual(boxBetween(area, { x: 150, y: 110 }, { x: 250, y: 116 }), {
    x: { from: 0.25, to: 0.5 },
    y: undefined,
  });
  assert.equal(boxBetween(area, { x: 150, y: 10 }, { x: 155, y: 200 }), undefined);
});
