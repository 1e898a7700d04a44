import assert from "node:assert/strict";
import { test } from "node:test";
import type { Draw, Frame, Line, LineStyle, YScale } from "../renderer.ts";
import { isBare } from "./marking.ts";
import { axesOf, emptyFrame, type Pen, Trace } from "./trace.ts";

// One pixel to a millisecond, and one to a unit, upwards from 100.
const plot = { left: 0, top: 0, width: 100, height: 100 };
const scale: YScale = { min: 0, max: 100, log: false, side: "left", ticks: [] };

function lineOf(points: string, others: Partial<Line> = {}): Line {
  const all = points.split(" ").filter((point) => point !== "");
  const parsed = all.map((point) => /^(\|?)(.+):(.+)$/.exec(point)!);
  return {
    times: Float64Array.from(parsed, ([, , time]) => Number(time)),
    values: Float64Array.from(parsed, ([, , , value]) => Number(value)),
    starts: Uint8Array.from(parsed, ([, start], i) => (start || i === 0 ? 1 : 0)),
    ...{ length: parsed.length, marked: false, changedFrom: Number.NEGATIVE_INFINITY },
    ...others,
  };
}

function traceOf(draw: Draw, line: Line, others: Partial<YScale> = {}): Trace {
  const style: LineStyle = { series: "a", color: "red", dash: [], width: 2, draw, scale: 0 };
  const frame: Frame = {
    ...{ plot, view: { from: 0, to: 100 }, xTicks: [] },
    ...{ scales: [{ ...scale, ...others }], lines: [line] },
  };
  return new Trace(frame, 0, style);
}

const at = (x: number, y: number) => [x, y].map((each) => Math.round(each * 1000) / 1000).join();

/** Writes down where it is led: `M` begins anew, `Z` goes back to where it began. */
class Scribe implements Pen {
  text = "";

  moveTo(x: number, y: number): void {
    this.text += ` M${at(x, y)}`;
  }

  lineTo(x: number, y: number): void {
    this.text += ` ${at(x, y)}`;
  }

  arc(): void {
    this.text += " O";
  }

  closePath(): void {
    this.text += " Z";
  }
}

const stroke = (draw: Draw, points: string, scale: Partial<YScale> = {}) =>
  traceOf(draw, lineOf(points), scale).stroke(new Scribe()).text.trim();
const fill = (draw: Draw, line: Line, scale: Partial<YScale> = {}) =>
  traceOf(draw, line, scale).fill(new Scribe(), 6).text.trim();

function marks(draw: Draw, points: string, marked = false): string {
  const found: string[] = [];
  traceOf(draw, lineOf(points, { marked })).marks((x, y) => found.push(at(x, y)));
  return found.join(" ");
}

test("trace: a line goes from point to point, and begins anew where it is interrupted", () => {
  assert.equal(stroke("line", "0:50 10:60 |20:70 30:80"), "M0,50 10,40 M20,30 30,20");
  assert.equal(stroke("area", "0:50 10:60"), "M0,50 10,40");
  assert.equal(stroke("line", ""), "");
});

test("trace: a step goes on level until the next point", () => {
  assert.equal(stroke("step", "0:50 10:60 |20:70"), "M0,50 10,50 10,40 M20,30");
});

test("trace: bars and points have no stroke", () => {
  assert.equal(stroke("bars", "0:50 10:60"), "");
  assert.equal(stroke("points", "0:50 10:60"), "");
});

test("trace: what is far away is at an end that a canvas can draw", () => {
  assert.equal(stroke("line", "0:1e300 10:-1e300"), "M0,-1000000 10,1000000");
});

test("trace: an area ends at zero, at its bases, or on a logarithmic axis at the bottom", () => {
  const line = lineOf("0:50 10:60 |20:70 30:80 |40:90");
  assert.equal(fill("area", line), "M0,100 0,50 10,40 10,100 Z M20,100 20,30 30,20 30,100 Z");
  const bases = Float64Array.of(10, 20, 30, 40, 50);
  const stacked = fill("area", { ...line, bases });
  assert.equal(stacked, "M0,90 0,50 10,40 10,80 0,90 Z M20,70 20,30 30,20 30,60 20,70 Z");
  assert.match(fill("area", lineOf("0:100 1:100"), { log: true, min: 1, max: 10_000 }), /^M0,100 /);
  assert.equal(fill("line", line), "");
});

test("trace: a bar is as wide as its own neighbours allow, and does not reach into a gap", () => {
  const found = fill("bars", lineOf("10:50 20:50 25:50 |90:50"));
  const widths = [...found.matchAll(/M(\S+),\S+ \S+ (\S+),/g)].map(([, a, b]) => +b! - +a!);
  assert.deepEqual(widths, [8, 4, 4, 6]);
  assert.equal(fill("bars", lineOf("50:20")), "M47,100 47,80 53,80 53,100 Z");
  assert.equal(
    fill("bars", lineOf("50:80", { bases: Float64Array.of(30) })).slice(0, 11),
    "M47,70 47,2",
  );
});

test("trace: bars that are too many for their pixels are still seen", () => {
  const dense = Array.from({ length: 50 }, (_, i) => `${i / 10}:50`).join(" ");
  const [, left, right] = /M(\S+),\S+ \S+ (\S+),/.exec(fill("bars", lineOf(dense)))!;
  assert.equal(Number(right) - Number(left), 1);
});

test("trace: marks are on all points, or on those that are joined to no other", () => {
  assert.equal(marks("line", "0:50 10:60 |20:70 |30:80 40:90"), "20,30");
  assert.equal(marks("line", "0:50 10:60", true), "0,50 10,40");
  assert.equal(marks("points", "0:50 10:60"), "0,50 10,40");
  assert.equal(marks("bars", "0:50"), "");
});

test("trace: marks beyond the plot are left out", () => {
  assert.equal(marks("points", "-1:50 0:0 50:101 60:-1 100:100 101:50"), "0,100 100,0");
});

test("trace: a line that a frame does not have has nothing to draw", () => {
  const style: LineStyle = {
    series: "a",
    color: "red",
    dash: [],
    width: 2,
    draw: "line",
    scale: 0,
  };
  assert.equal(new Trace(emptyFrame, 0, style).stroke(new Scribe()).text, "");
});

test("trace: a frame without ticks has no axes", () => {
  assert.equal(isBare(emptyFrame), true);
  assert.equal(axesOf(emptyFrame), "");
  const xTicks = [{ at: 0, text: "" }];
  const right: YScale = { ...scale, side: "right" };
  assert.equal(isBare({ ...emptyFrame, xTicks }), false);
  assert.notEqual(
    axesOf({ ...emptyFrame, xTicks }),
    axesOf({ ...emptyFrame, xTicks, scales: [scale, right] }),
  );
});
