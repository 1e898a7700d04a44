import type {
  ChartSpec,
  CreateRenderer,
  Frame,
  Line,
  LineStyle,
  Renderer,
  YScale,
} from "../../packages/chart/src/renderer.ts";

/*
 * Renderers that do one thing wrong, each made of a good one: what the cases must notice. Runs in a
 * browser.
 */

type Saboteur = {
  /** The case that finds it out. */
  readonly caught: string;
  readonly spoil: (create: CreateRenderer) => CreateRenderer;
};

/** Does something in place of what it is asked. */
function instead(
  change: (renderer: Renderer) => Partial<Renderer>,
): (create: CreateRenderer) => CreateRenderer {
  return (create) => (host, signal) => {
    const renderer = create(host, signal);
    const good: Renderer = {
      configure: (spec) => renderer.configure(spec),
      resize: (width, height, ratio) => renderer.resize(width, height, ratio),
      draw: (frame) => renderer.draw(frame),
    };
    return { ...good, ...change(renderer) };
  };
}

const frames = (change: (frame: Frame) => Frame) =>
  instead((renderer) => ({ draw: (frame) => renderer.draw(change(frame)) }));
const lines = (change: (line: Line) => Line) =>
  frames((frame) => ({ ...frame, lines: frame.lines.map(change) }));
const scales = (change: (scale: YScale) => YScale) =>
  frames((frame) => ({ ...frame, scales: frame.scales.map(change) }));
const specs = (change: (spec: ChartSpec) => ChartSpec) =>
  instead((renderer) => ({ configure: (spec) => renderer.configure(change(spec)) }));
const styles = (change: (style: LineStyle) => LineStyle) =>
  specs((spec) => ({ ...spec, lines: spec.lines.map(change) }));
const draws = (from: LineStyle["draw"], to: LineStyle["draw"]) =>
  styles((style) => (style.draw === from ? { ...style, draw: to } : style));

const joined = (line: Line) => ({ ...line, starts: line.starts.map((_, i) => (i === 0 ? 1 : 0)) });
const moved = (by: Partial<Record<"left" | "top" | "width" | "height", number>>) =>
  frames(({ plot, ...others }) => {
    const { left = 0, top = 0, width = 0, height = 0 } = by;
    const rect = { left: plot.left + left, top: plot.top + top };
    return {
      ...others,
      plot: { ...rect, width: plot.width + width, height: plot.height + height },
    };
  });
const place = "a line is where its times and values are";
const whole = "a line fills the plot, and is clipped to it";

/** By what is wrong with them. */
export const saboteurs: Readonly<Record<string, Saboteur>> = {
  "the plot is too far to the right": { caught: place, spoil: moved({ left: 3 }) },
  "the plot is too far down": { caught: place, spoil: moved({ top: 3 }) },
  "the plot is too narrow": { caught: whole, spoil: moved({ left: 4, width: -8 }) },
  "the plot is too wide": { caught: whole, spoil: moved({ left: -6, width: 12 }) },
  "gaps are bridged": {
    caught: "where points are not joined there is no ink",
    spoil: lines(joined),
  },
  "short gaps are bridged": { caught: "a gap of one pixel is one", spoil: lines(joined) },
  "it leaves points out": {
    caught: "no extreme of many points to a pixel is lost",
    spoil: lines((line) => ({
      ...line,
      values: line.values.map((_, i) => line.values[i - (i % 4)]!),
    })),
  },
  "it flattens spikes": {
    caught: "a spike reaches its pixel, and no further",
    spoil: lines((line) => ({
      ...line,
      values: line.values.map((value) => Math.min(Math.max(value, 10), 92)),
    })),
  },
  "it makes more of spikes than there is": {
    caught: "a spike reaches its pixel, and no further",
    spoil: lines((line) => ({
      ...line,
      values: line.values.map((value) => (value > 90 ? value + 3 : value)),
    })),
  },
  "single points are lost": {
    caught: "a point that is joined to no other is seen",
    spoil: instead((renderer) => ({
      draw: (frame) => {
        const isAlone = ({ starts }: Line, i: number) => starts[i] === 1 && starts[i + 1] !== 0;
        const kept = frame.lines.map((line) => ({
          ...line,
          times: line.times.map((time, i) => (isAlone(line, i) ? 0 : time)),
        }));
        renderer.draw({ ...frame, lines: kept });
      },
    })),
  },
  "there are no marks": {
    caught: "points have marks when they are to have some",
    spoil: lines((line) => ({ ...line, marked: false })),
  },
  "points beyond the edge are marked": {
    caught: "marks are where points are, whole at the edges, and none beyond",
    spoil: frames((frame) => ({
      ...frame,
      view: { from: frame.view.from - 5000, to: frame.view.to + 5000 },
    })),
  },
  "steps are slopes": {
    caught: "a step holds a value until the next",
    spoil: draws("step", "line"),
  },
  "areas are not filled": {
    caught: "an area is filled to zero, up or down",
    spoil: draws("area", "line"),
  },
  "areas are filled to the bottom": {
    caught: "an area is filled to zero, up or down",
    spoil: lines((line) => ({ ...line, bases: line.values.map(() => -50) })),
  },
  "areas end at zero only": {
    caught: "an area without zero in view is filled to the edge",
    spoil: lines((line) => ({ ...line, bases: line.values })),
  },
  "stacks begin at zero": {
    caught: "an area that is stacked is filled to its base",
    spoil: lines(({ bases: _, ...line }) => line),
  },
  "stacked bars begin at zero": {
    caught: "a bar reaches from its base to its value",
    spoil: lines(({ bases: _, ...line }) => line),
  },
  "bars are lines": {
    caught: "a bar reaches from its base to its value",
    spoil: draws("bars", "line"),
  },
  "logarithmic axes are not": {
    caught: "on a logarithmic axis, tens are as far apart as hundreds from tens",
    spoil: scales((scale) => ({ ...scale, log: false })),
  },
  "there is one axis only": {
    caught: "each line is on its own axis",
    spoil: styles((style) => ({ ...style, scale: 0 })),
  },
  "the first line is on top": {
    caught: "a line on another is above it",
    spoil: specs((spec) => ({ ...spec, lines: spec.lines.toReversed() })),
  },
  "dashes are left out": {
    caught: "a dashed line has holes, and none of another colour",
    spoil: styles((style) => ({ ...style, dash: [] })),
  },
  "there are no labels": {
    caught: "axes have their labels, and the grid their places",
    spoil: specs((spec) => ({ ...spec, ink: "transparent" })),
  },
  "there is no grid": {
    caught: "axes have their labels, and the grid their places",
    spoil: specs((spec) => ({ ...spec, grid: "transparent" })),
  },
  "each axis has a grid": {
    caught: "axes have their labels, and the grid their places",
    spoil: frames((frame) => {
      const [first, second] = frame.scales;
      const more = (second?.ticks ?? []).map(({ at, text }) => ({ at: at * 10, text }));
      const ticks = [...first!.ticks, ...more];
      return { ...frame, scales: [{ ...first!, ticks }, ...frame.scales.slice(1)] };
    }),
  },
  "all labels are on the left": {
    caught: "axes have their labels, and the grid their places",
    spoil: scales((scale) => ({ ...scale, side: "left" })),
  },
  "it always has axes": {
    caught: "without ticks there are no axes",
    spoil: scales((scale) => ({ ...scale, ticks: [{ at: 50, text: "50" }] })),
  },
  "a plot at the edge of its host is too small": {
    caught: "without axes the plot may be all of the host",
    spoil: moved({ left: 3, top: 3, width: -6, height: -6 }),
  },
  "long labels take room from the plot": {
    caught: "labels that are too long leave the plot where it is",
    spoil: moved({ left: 20, width: -20 }),
  },
  "it looks beyond the length of a line": {
    caught: "frames without lines or points are drawn",
    spoil: lines((line) => ({ ...line, length: line.times.length })),
  },
  "it draws what it has drawn before": {
    caught: "of the frame before nothing is left",
    spoil: instead((renderer) => {
      let first: Frame | undefined;
      return {
        draw(frame) {
          first ??= frame;
          renderer.draw(first);
        },
      };
    }),
  },
  "it lags behind": {
    caught: "after many frames it is what a new one would draw",
    spoil: instead((renderer) => {
      let before: Frame | undefined;
      return {
        configure(spec) {
          before = undefined;
          renderer.configure(spec);
        },
        draw(frame) {
          renderer.draw(before ?? frame);
          before = frame;
        },
      };
    }),
  },
  "it stays as large as it was": {
    caught: "it becomes larger and smaller with its host",
    spoil: instead((renderer) => {
      let resized = 0;
      return {
        resize: (...args) => {
          if (resized++ === 0) renderer.resize(...args);
        },
      };
    }),
  },
  "it fails where numbers end": {
    caught: "the largest and smallest numbers spoil nothing",
    spoil: lines((line) => ({
      ...line,
      values: Float64Array.from(Float32Array.from(line.values)),
    })),
  },
  "it draws a frame later": {
    caught: "it draws at once, and keeps nothing of the frame",
    spoil: instead((renderer) => ({
      draw: (frame) => void requestAnimationFrame(() => renderer.draw(frame)),
    })),
  },
  "it draws a kept frame again": {
    caught: "it draws at once, and keeps nothing of the frame",
    spoil: instead((renderer) => ({
      draw(frame) {
        renderer.draw(frame);
        requestAnimationFrame(() => renderer.draw(frame));
      },
    })),
  },
  "it stays after abort": {
    caught: "after abort nothing of it is on the page",
    spoil: (create) => (host) => create(host, new AbortController().signal),
  },
};
