import assert from "node:assert/strict";
import { test } from "node:test";
import { SourceClock } from "../data/clock.ts";
import { fakeScene } from "./fake-scene.ts";
import { type Facts, sectionsOf } from "./info.ts";

const samples = Array.from({ length: 20 }, (_, i) => [i * 1000, i] as const);
const facts: Facts = {
  guesses: [
    { what: "Time", found: "ts, in seconds", from: "guessed", attribute: "time" },
    { what: "Unit", found: "°C", from: "told" },
  ],
  ...{ renderer: "canvas", drawingHz: 9.8, latencyMs: 120, delayMs: 1250 },
};

function textOf(offsetMs: number, more: Partial<Facts> = {}, notices: string[] = []): string {
  const clock = new SourceClock();
  clock.know(offsetMs);
  const source = { url: "http://localhost/a", clock, notices: new Map(notices.entries()) as never };
  const scene = fakeScene([{ name: "a", samples }], { ratio: 1.5 });
  return sectionsOf(scene, source, { ...facts, ...more })
    .flatMap(({ heading, items }) => [heading, ...items.map((item) => item.join(": "))])
    .join("\n")
    .replaceAll("\u00a0", " ");
}

test("info: each guess is there, where it is from, and what says otherwise", () => {
  const text = textOf(0);
  assert.match(text, /^Time: ts, in seconds \(guessed; time="…" says otherwise\)$/m);
  assert.match(text, /^Unit: °C \(told\)$/m);
});

test("info: what is measured is told with its unit", () => {
  const text = textOf(3000);
  assert.match(text, /^Latency: 120 ms from sample to screen$/m);
  assert.match(text, /^Clock: 3 s ahead of this one$/m);
  assert.match(text, /^Delay: 1\.3 s, /m);
  assert.match(text, /^Drawn: at 10 Hz$/m);
  assert.match(text, /^Renderer: canvas$/m);
  assert.match(text, /^Span: 1 min$/m);
  assert.match(text, /^a: every 1 s, 20 samples held, 20 points drawn$/m);
});

test("info: what is unknown is left out, notices are told", () => {
  const text = textOf(0, { latencyMs: undefined, delayMs: undefined, guesses: [] }, ["No JSON."]);
  assert.doesNotMatch(text, /Latency|Delay/);
  assert.match(text, /^Clock: as this one$/m);
  assert.match(text, /Notices\n1\.: No JSON\.$/);
  assert.doesNotMatch(textOf(0), /Notices/);
});
