import { type Draw, type Frame, xOf, type YScale, yOf } from "../../packages/chart/src/renderer.ts";
import {
  at,
  colors,
  frameOf,
  from,
  lineOf,
  plotAt,
  runsOf,
  scaleOf,
  size,
  specOf,
  styleOf,
  ticksAt,
} from "./frames.ts";
import type { Picture, Stand } from "./stand.ts";

/*
 * What every renderer must do: the same frames for all of them. Runs in a browser.
 *
 * Nothing is compared with stored pictures: libraries and browsers differ in how they smooth an edge
 * and join two strokes. What is looked for is ink of a series' own colour, where the contract says
 * that it must be or must not be, to a pixel and a half.
 */

const { red, blue, ink, grid, axis } = colors;
/** Device pixels. */
const close = 1.5;
/** CSS pixels: half of the widest stroke that any of them makes of a line of two. */
const half = 1.5;

/** What is not as it must be. */
export class Verdict {
  readonly problems: string[] = [];

  ok(holds: boolean, problem: string): void {
    if (!holds) this.problems.push(problem);
  }

  /** `low` and `high` are the ends of what is right; a pixel and a half more is, too. */
  within(found: number, low: number, high: number, what: string): void {
    const expected = low === high ? low.toFixed(1) : `${low.toFixed(1)} to ${high.toFixed(1)}`;
    const holds = found >= low - close && found <= high + close;
    this.ok(holds, `${what} is at ${found.toFixed(1)}, not at ${expected}`);
  }
}

type Case = (stand: Stand, verdict: Verdict) => void | Promise<void>;
type Options = NonNullable<Parameters<typeof lineOf>[1]> & { readonly scale?: YScale };

/** Shows one line alone: axes would be in the way of what is translucent. */
function show(stand: Stand, draw: Draw, points: string, options: Options = {}) {
  const scale = options.scale ?? scaleOf(0, 100);
  const frame = frameOf(stand.ratio, [lineOf(points, options)], { scales: [scale], xTicks: [] });
  const picture = stand.show(specOf(styleOf(draw)), frame);
  return {
    ...{ frame, picture, plot: frame.plot },
    x: (seconds: number) => xOf(frame, at(seconds)),
    y: (value: number) => yOf(frame.plot, scale, value),
  };
}

const slopes = "-5:20 10:80 25:40 40:60 65:10";
/** Seconds; none at a corner, where a stroke has no middle. */
const places = [3, 8, 15, 22, 30, 37, 50, 58];

/** Checks that a line runs through points, straight from one to the next. */
function follows(
  verdict: Verdict,
  picture: Picture,
  frame: Frame,
  points: string,
  { color = red, scale = frame.scales[0]! } = {},
): void {
  const corners = runsOf(points)
    .flat()
    .map(({ seconds, value }) => ({
      x: xOf(frame, at(seconds)),
      y: yOf(frame.plot, scale, value),
    }));
  for (const seconds of places) {
    const x = Math.floor(xOf(frame, at(seconds))) + 0.5;
    const next = corners.findIndex((corner) => corner.x >= x);
    const [a, b] = [corners[next - 1]!, corners[next]!];
    const y = a.y + ((b.y - a.y) * (x - a.x)) / (b.x - a.x);
    verdict.within(picture.middle(x, color), y, y, `${color} after ${seconds} s`);
  }
}

/** Checks what is filled in a column: from one height down to another, and nothing else. */
function fills(verdict: Verdict, picture: Picture, x: number, top: number, bottom: number): void {
  const found = picture.down(x, red);
  const column = `ink in column ${Math.floor(x)}`;
  verdict.ok(found.length === 1, `${column} is in ${found.length} pieces, not in one`);
  // Areas have a stroke along their upper edge, and may along the lower one.
  const stroke = half * devicePixelRatio;
  verdict.within(found[0]?.from ?? Number.NaN, top - stroke, top, `the top of ${column}`);
  verdict.within(found.at(-1)?.to ?? Number.NaN, bottom, bottom + stroke, `the end of ${column}`);
}

/** The highest ink in the column at `x` and the two beside it; infinity without any. */
function topAround(picture: Picture, x: number): number {
  const tops = [-1, 0, 1].map((dx) => picture.down(x + dx, red)[0]?.from);
  return Math.min(...tops.map((top) => top ?? Number.POSITIVE_INFINITY));
}

function isEmpty(verdict: Verdict, picture: Picture, x: number, what: string): void {
  verdict.ok(picture.down(x, red).length === 0, `there is ink ${what}`);
}

/** By what they claim. */
export const cases: Readonly<Record<string, Case>> = {
  "a line is where its times and values are": (stand, verdict) => {
    const frame = frameOf(stand.ratio, [lineOf(slopes)]);
    follows(verdict, stand.show(specOf(styleOf("line")), frame), frame, slopes);
  },

  "a line fills the plot, and is clipped to it": (stand, verdict) => {
    const over = half * stand.ratio;
    const level = show(stand, "line", "-9:50 69:50");
    const { left, top, width, height } = level.plot;
    const across = level.picture.box(red)!;
    verdict.within(across.left, left - over, left, "the left end");
    verdict.within(across.right, left + width, left + width + over, "the right end");
    const down = show(stand, "line", "20:-900 40:900").picture.box(red)!;
    verdict.within(down.top, top - over, top, "the upper end");
    verdict.within(down.bottom, top + height, top + height + over, "the lower end");
  },

  "where points are not joined there is no ink": (stand, verdict) => {
    for (const draw of ["line", "step", "area", "bars"] as const) {
      const { picture, x } = show(stand, draw, "0:50 5:60 10:50 | 40:50 45:60 50:50");
      const at5 = x(5 + 0.01);
      verdict.ok(picture.down(at5, red).length > 0, `${draw}: no ink before the gap`);
      for (let column = x(13); column < x(37); column++) {
        isEmpty(verdict, picture, column, `in the gap of a ${draw}, in column ${column | 0}`);
      }
    }
  },

  "a gap of one pixel is one": (stand, verdict) => {
    const second = plotAt(stand.ratio).width / 60;
    const gap = 6 / second;
    const { picture, x } = show(stand, "line", `0:50 30:50 | ${30 + gap}:50 60:50`);
    isEmpty(verdict, picture, x(30) + 3, "in a narrow gap");
  },

  "a spike reaches its pixel, and no further": (stand, verdict) => {
    const { picture, x, y } = show(
      stand,
      "line",
      "0:50 20:50 20.2:97 20.4:50 40:50 42:3 44:50 60:50",
    );
    const up = picture.down(x(20.2), red)[0]!;
    verdict.within(up.from, y(97) - half * stand.ratio, y(97), "the upper spike");
    const down = picture.down(x(42), red).at(-1)!;
    verdict.within(down.to, y(3), y(3) + half * stand.ratio, "the lower spike");
  },

  "no extreme of many points to a pixel is lost": (stand, verdict) => {
    const spikes = [500, 1207, 2001];
    const points = Array.from({ length: 2400 }, (_, i) => {
      const value = spikes.includes(i) ? 95 : 40 + 10 * ((i * 7) % 3);
      return `${i / 40}:${value}`;
    });
    const { picture, x, y } = show(stand, "line", points.join(" "));
    for (const i of spikes) {
      const top = topAround(picture, x(i / 40));
      verdict.within(top, y(95) - half * stand.ratio, y(95), `spike ${i}`);
    }
  },

  "a point that is joined to no other is seen": (stand, verdict) => {
    for (const draw of ["line", "step", "area", "bars"] as const) {
      const { picture, x, y } = show(stand, draw, "10:70 | 30:40 | 50:20");
      for (const [seconds, value] of [
        [10, 70],
        [30, 40],
        [50, 20],
      ] as const) {
        const top = picture.down(x(seconds), red)[0]?.from ?? Number.NaN;
        const reach = draw === "bars" ? 0 : 4 * stand.ratio;
        verdict.within(top, y(value) - reach, y(value), `the point of a ${draw}`);
      }
      isEmpty(verdict, picture, x(20), `between points of a ${draw}`);
    }
  },

  "points have marks when they are to have some": (stand, verdict) => {
    const points = "0:50 15:50 30:50 45:50 60:50";
    const thickness = (marked: boolean) => {
      const { picture, x } = show(stand, "line", points, { marked });
      const [run] = picture.down(x(30), red);
      return run ? run.to - run.from : 0;
    };
    verdict.ok(thickness(true) >= thickness(false) + stand.ratio, "marks cannot be seen");
  },

  "marks are where points are, whole at the edges, and none beyond": (stand, verdict) => {
    const { picture, plot, x, y } = show(stand, "points", "-3:50 0:50 20:100 40:0 63:50 64:50");
    for (const [seconds, value] of [
      [0, 50],
      [20, 100],
      [40, 0],
    ] as const) {
      const [mark] = picture.down(x(seconds), red);
      verdict.ok(
        mark !== undefined && mark.to - mark.from >= 4 * stand.ratio - close,
        "a mark is cut",
      );
      verdict.within(picture.middle(x(seconds), red), y(value), y(value), `mark ${seconds}`);
    }
    const box = picture.box(red)!;
    const radius = 4 * stand.ratio;
    verdict.within(box.left, plot.left - radius, plot.left, "the first mark");
    verdict.within(box.right, x(40), x(40) + radius, "the last mark");
    isEmpty(verdict, picture, x(10), "between points");
    const off = show(stand, "points", "20:150 40:-50").picture;
    verdict.ok(off.box(red) === undefined, "there is a mark of a value beyond the axis");
  },

  "a step holds a value until the next": (stand, verdict) => {
    const { picture, x, y } = show(stand, "step", "-5:20 20:80 40:40 65:60");
    for (const [seconds, value] of [
      [10, 20],
      [19, 20],
      [21, 80],
      [39, 80],
      [41, 40],
      [59, 40],
    ] as const) {
      verdict.within(picture.middle(x(seconds), red), y(value), y(value), `after ${seconds} s`);
    }
    const [rise] = picture.down(x(20), red);
    verdict.ok(rise !== undefined && rise.from < y(70) && rise.to > y(30), "no vertical stroke");
  },

  "an area is filled to zero, up or down": (stand, verdict) => {
    const scale = scaleOf(-50, 100);
    const { picture, x, y } = show(stand, "area", "0:80 25:80 | 30:-40 60:-40", { scale });
    fills(verdict, picture, x(10), y(80), y(0));
    fills(verdict, picture, x(45), y(0), y(-40));
    const inside = picture.ink(x(10), (y(80) + y(0)) / 2, red);
    verdict.ok(inside > 0.1 && inside < 0.9, `it lets ${inside} of what is behind it through`);
    verdict.ok(picture.ink(x(10), y(80), red) > 0.9, "its edge cannot be told from what is in it");
  },

  "an area without zero in view is filled to the edge": (stand, verdict) => {
    const above = show(stand, "area", "0:80 60:80", { scale: scaleOf(50, 100) });
    fills(verdict, above.picture, above.x(30), above.y(80), above.y(50));
    const below = show(stand, "area", "0:-80 60:-80", { scale: scaleOf(-100, -50) });
    fills(verdict, below.picture, below.x(30), below.y(-50), below.y(-80));
  },

  "an area that is stacked is filled to its base": (stand, verdict) => {
    const bases = [20, 40, 30, 10, 10];
    const { picture, x, y } = show(stand, "area", "0:60 20:80 | 30:90 50:70 60:70", { bases });
    fills(verdict, picture, x(10), y(70), y(30));
    fills(verdict, picture, x(40), y(80), y(20));
    isEmpty(verdict, picture, x(25), "in the gap of a stack");
  },

  "a bar reaches from its base to its value": (stand, verdict) => {
    const scale = scaleOf(-50, 100);
    const { picture, x, y } = show(stand, "bars", "10:80 20:30 30:-40 40:60 50:20", { scale });
    for (const [seconds, value] of [
      [10, 80],
      [20, 30],
      [30, -40],
      [40, 60],
    ] as const) {
      fills(verdict, picture, x(seconds), y(Math.max(0, value)), y(Math.min(0, value)));
      const [run] = picture
        .across((y(value) + y(0)) / 2, red)
        .filter(({ from: left, to: right }) => left <= x(seconds) && right >= x(seconds));
      const width = run ? run.to - run.from : 0;
      const apart = x(20) - x(10);
      verdict.within(width, apart / 2, apart, `as a width, of the bar after ${seconds} s, what`);
    }
    const stacked = show(stand, "bars", "10:80 20:30 30:70", { bases: [20, 10, 40] });
    fills(verdict, stacked.picture, stacked.x(10), stacked.y(80), stacked.y(20));
    fills(verdict, stacked.picture, stacked.x(30), stacked.y(70), stacked.y(40));
  },

  "on a logarithmic axis, tens are as far apart as hundreds from tens": (stand, verdict) => {
    const scale = scaleOf(0.1, 1000, { log: true, ticks: ticksAt(0.1, 10, 1000) });
    const points = "-5:0.2 10:1 25:900 40:30 65:0.5";
    const frame = frameOf(stand.ratio, [lineOf(points)], { scales: [scale] });
    const picture = stand.show(specOf(styleOf("line")), frame);
    follows(verdict, picture, frame, points);
    const area = show(stand, "area", "0:10 60:10", { scale });
    fills(verdict, area.picture, area.x(30), area.y(10), area.plot.top + area.plot.height);
    const bars = show(stand, "bars", "20:10 30:10 40:10", { scale });
    fills(verdict, bars.picture, bars.x(30), bars.y(10), bars.plot.top + bars.plot.height);
  },

  "each line is on its own axis": (stand, verdict) => {
    const right = scaleOf(-1, 3, { side: "right", ticks: ticksAt(0, 2) });
    const other = "-5:2.5 20:-0.5 45:1 65:2";
    const frame = frameOf(stand.ratio, [lineOf(slopes), lineOf(other)]);
    const both = { ...frame, scales: [frame.scales[0]!, right] };
    const blues = styleOf("line", { color: blue, scale: 1, series: "b" });
    const alone = stand.show(specOf(styleOf("line"), blues), {
      ...both,
      lines: [lineOf(""), lineOf(other)],
    });
    follows(verdict, alone, both, other, { color: blue, scale: right });
    follows(verdict, stand.draw({ ...both, lines: [lineOf(slopes), lineOf("")] }), both, slopes);
    const swapped = stand.show(specOf(styleOf("line", { scale: 1 })), {
      ...frame,
      scales: [right, frame.scales[0]!],
    });
    follows(verdict, swapped, frame, slopes);
  },

  "a line on another is above it": (stand, verdict) => {
    const blues = styleOf("line", { color: blue, series: "b" });
    const line = lineOf("0:50 60:50");
    const picture = stand.show(specOf(styleOf("line"), blues), frameOf(stand.ratio, [line, line]));
    const box = picture.box(blue);
    verdict.ok(box !== undefined, "the second line is below the first");
  },

  "a dashed line has holes, and none of another colour": (stand, verdict) => {
    const frame = frameOf(stand.ratio, [lineOf("-5:50 65:50")], { xTicks: [] });
    const style = styleOf("line", { dash: [8, 8] });
    const picture = stand.show(specOf(style), { ...frame, scales: [scaleOf(0, 100)] });
    const pieces = picture.across(yOf(frame.plot, frame.scales[0]!, 50), red);
    verdict.within(pieces.length, 16, 20, "of a dashed line, the number of pieces,");
  },

  "axes have their labels, and the grid their places": (stand, verdict) => {
    const left = scaleOf(0, 100, { ticks: ticksAt(20, 60) });
    const right = scaleOf(0, 10, { side: "right", ticks: ticksAt(8) });
    const frame = frameOf(stand.ratio, [], { scales: [left, right], xTicks: ticksAt(at(30)) });
    const { plot } = frame;
    const picture = stand.show(specOf(), frame);
    const labels = (x0: number, x1: number, y0: number, y1: number) => {
      let count = 0;
      for (let x = x0; x < x1; x++)
        for (let y = y0; y < y1; y++) if (picture.ink(x, y, ink)) count++;
      return count;
    };
    const reach = 8 * stand.ratio;
    const [edge, end] = [plot.left + plot.width, plot.top + plot.height];
    for (const value of [20, 60]) {
      const y = yOf(plot, left, value);
      verdict.ok(labels(0, plot.left, y - reach, y + reach) > 10, `no label at ${value}`);
      const lines = picture.down(plot.left + 10, grid).map((run) => (run.from + run.to) / 2);
      verdict.ok(
        lines.some((place) => Math.abs(place - y) <= close),
        `no grid at ${value}`,
      );
    }
    const y = yOf(plot, right, 8);
    verdict.ok(labels(edge, picture.width, y - reach, y + reach) > 10, "no label on the right");
    verdict.ok(labels(0, plot.left, y - reach, y + reach) === 0, "a label on the wrong side");
    const middle = plot.left + plot.width / 2;
    verdict.ok(labels(middle - 2 * reach, middle + 2 * reach, end, picture.height) > 10, "no time");
    verdict.ok(labels(plot.left, edge, plot.top, end) === 0, "labels in the plot");
    const lines = picture
      .down(plot.left + 10, grid)
      .filter(({ from: above, to: below }) => below > plot.top + close && above < end - close);
    verdict.ok(lines.length === 2, `${lines.length} lines behind the data, not 2`);
  },

  "without ticks there are no axes": (stand, verdict) => {
    const { picture } = show(stand, "line", "0:50 60:50");
    for (const color of [ink, grid, axis]) {
      verdict.ok(picture.box(color) === undefined, `there is ${color}`);
    }
    const frame = frameOf(stand.ratio, [lineOf("0:50 60:50")]);
    verdict.ok(stand.draw(frame).box(ink) !== undefined, "axes do not come");
    const bare = { ...frame, scales: [scaleOf(0, 100)], xTicks: [] };
    verdict.ok(stand.draw(bare).box(ink) === undefined, "axes do not go");
  },

  "without axes the plot may be all of the host": (stand, verdict) => {
    const plot = plotAt(stand.ratio, { left: 0, top: 0, ...size });
    const line = lineOf(slopes, { marked: true });
    const scales = [scaleOf(0, 100)];
    const frame = frameOf(stand.ratio, [line], { plot, scales, xTicks: [] });
    const picture = stand.show(specOf(styleOf("line")), frame);
    follows(verdict, picture, frame, slopes);
    verdict.within(picture.box(red)!.left, 0, 0, "the left end");
    verdict.within(picture.box(red)!.right, picture.width, picture.width, "the right end");
  },

  "labels that are too long leave the plot where it is": (stand, verdict) => {
    const text = "1,000,000,000,000,000,000,000";
    const scales = [scaleOf(0, 100, { ticks: [{ at: 100, text }] })];
    const xTicks = [
      { at: from, text },
      { at: at(60), text },
    ];
    const frame = frameOf(stand.ratio, [lineOf(slopes)], { scales, xTicks });
    follows(verdict, stand.show(specOf(styleOf("line")), frame), frame, slopes);
  },

  "frames without lines or points are drawn": (stand, verdict) => {
    const some = frameOf(stand.ratio, [lineOf(slopes)]);
    verdict.ok(stand.show(specOf(), { ...some, lines: [] }).box(red) === undefined, "no lines");
    for (const draw of ["line", "step", "area", "bars", "points"] as const) {
      const none = { ...some, lines: [lineOf("")] };
      verdict.ok(stand.show(specOf(styleOf(draw)), none).box(red) === undefined, draw);
    }
    verdict.ok(stand.draw(some).box(red) !== undefined, "then there is one");
    verdict.ok(stand.draw({ ...some, lines: [lineOf("")] }).box(red) === undefined, "then none");
  },

  "of the frame before nothing is left": (stand, verdict) => {
    const frame = frameOf(stand.ratio, [lineOf("-5:90 65:90")]);
    stand.show(specOf(styleOf("line")), frame);
    const { height } = stand.draw({ ...frame, lines: [lineOf("-5:10 65:10")] });
    const picture = stand.look();
    const middle = yOf(frame.plot, frame.scales[0]!, 50);
    verdict.ok(
      picture.box(red)!.top > middle,
      `there is ink at ${picture.box(red)!.top} of ${height}`,
    );
    const recolored = stand.show(specOf(styleOf("line", { color: blue })), frame);
    verdict.ok(recolored.box(red) === undefined, "the old colour is left");
    verdict.ok(recolored.box(blue) !== undefined, "the new colour is missing");
  },

  "after many frames it is what a new one would draw": (stand, verdict) => {
    const points = Array.from({ length: 120 }, (_, i) => `${i - 20}:${50 + 40 * Math.sin(i)}`);
    const spec = specOf(styleOf("line"));
    const frames = [0, 1, 2, 7, 30].map((pixels) => {
      const step = (pixels * 60_000) / plotAt(stand.ratio).width;
      const view = { from: from + step, to: from + 60_000 + step };
      return frameOf(stand.ratio, [lineOf(points.join(" "))], { view });
    });
    stand.show(spec, frames[0]!);
    for (const frame of frames) stand.draw(frame);
    const slid = stand.look();
    const fresh = stand.show(spec, frames.at(-1)!);
    const { width, height } = frames[0]!.plot;
    const share = slid.differences(fresh) / (width * height);
    verdict.ok(share < 0.001, `${(share * 100).toFixed(2)} % of the pixels are others`);
  },

  "it becomes larger and smaller with its host": (stand, verdict) => {
    stand.show(specOf(styleOf("line")), frameOf(stand.ratio, [lineOf(slopes)]));
    for (const [width, height] of [
      [300, 150],
      [640, 360],
      [size.width, size.height],
    ] as const) {
      stand.resize(width, height);
      const plot = plotAt(stand.ratio, {
        left: 56,
        top: 16,
        width: width - 90,
        height: height - 50,
      });
      const frame = frameOf(stand.ratio, [lineOf(slopes)], { plot });
      const picture = stand.draw(frame);
      follows(verdict, picture, frame, slopes);
      for (const canvas of stand.host.querySelectorAll("canvas")) {
        const box = canvas.getBoundingClientRect();
        verdict.within(box.width, width, width, "the width of the canvas");
        verdict.within(box.height, height, height, "the height of the canvas");
        verdict.within(canvas.width, width * stand.ratio, width * stand.ratio, "its pixels across");
        verdict.within(
          canvas.height,
          height * stand.ratio,
          height * stand.ratio,
          "its pixels down",
        );
      }
    }
  },

  "the largest and smallest numbers spoil nothing": (stand, verdict) => {
    const most = Number.MAX_VALUE;
    const frames = [
      [scaleOf(-1e300, 1e300), "-5:-4e299 10:4e299 25:0 40:5e-324 65:-8e299"],
      [scaleOf(-4e307, 4e307), "-5:-2e307 10:2e307 25:0 40:1e307 65:-3e307"],
      [scaleOf(1e-300, 1e300, { log: true }), "-5:1e-200 10:1e200 25:1 40:1e-100 65:1e250"],
      [scaleOf(0, 1e-290), "-5:2e-291 10:8e-291 25:5e-324 40:5e-291 65:2e-291"],
    ] as const;
    for (const [scale, points] of frames) {
      for (const draw of ["line", "step", "area", "bars", "points"] as const) {
        const { picture, frame } = show(stand, draw, points, { scale });
        if (draw === "line") follows(verdict, picture, frame, points);
        verdict.ok(picture.box(red) !== undefined, `no ${draw} from ${scale.min} to ${scale.max}`);
      }
    }
    const beyond = `-5:50 10:50 20:${most} 30:50 40:${-most} 50:50 65:50`;
    const { picture, x, y } = show(stand, "line", beyond);
    verdict.within(picture.middle(x(5), red), y(50), y(50), "what is beside it");
    verdict.within(picture.middle(x(58), red), y(50), y(50), "what is beside it");
    // So far up that it is as good as upright.
    verdict.within(
      topAround(picture, x(10)),
      y(100) - half * stand.ratio,
      y(100),
      "what goes beyond",
    );
  },

  "it draws at once, and keeps nothing of the frame": async (stand, verdict) => {
    const line = lineOf(slopes);
    const ticks = ticksAt(0, 50, 100);
    const frame = frameOf(stand.ratio, [line], { scales: [scaleOf(0, 100, { ticks })] });
    const picture = stand.show(specOf(styleOf("area")), frame);
    verdict.ok(picture.box(red) !== undefined, "nothing is drawn when `draw` has returned");
    line.values.fill(Number.NaN);
    line.times.fill(0);
    line.starts.fill(1);
    ticks.length = 0;
    for (let i = 0; i < 15; i++) await new Promise(requestAnimationFrame);
    const changed = stand.look().differences(picture);
    verdict.ok(changed === 0, `${changed} pixels have changed since \`draw\` returned`);
  },

  "after abort nothing of it is on the page": (stand, verdict) => {
    const before = document.querySelectorAll("*").length;
    stand.show(specOf(styleOf("line")), frameOf(stand.ratio, [lineOf(slopes)]));
    verdict.ok(document.querySelectorAll("*").length === before, "it adds elements to the page");
    const canvases = [...stand.host.querySelectorAll("canvas")];
    verdict.ok(canvases.length > 0, "there is no canvas");
    stand.abort();
    verdict.ok(stand.host.childNodes.length === 0, "its host is not empty");
    const kept = canvases.filter(({ width, height }) => width * height > 0);
    verdict.ok(kept.length === 0, "it keeps the pixels of a canvas");
  },
};
