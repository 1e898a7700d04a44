import type { Annotation, Marks, Threshold } from "../children.ts";
import { bandNames } from "../parts/bands.ts";
import type { Tone } from "../parts/status.ts";
import { type ChartSpec, type Frame, type LineStyle, xOf, yOf } from "../renderer.ts";
import { areaAlpha, isBare, markRadius } from "../renderers/marking.ts";
import { Trace, traceMark } from "../renderers/trace.ts";
import type { Band, Scene, SceneSeries } from "../scene.ts";
import { zoneName } from "../text/zone-name.ts";
import { escapeText, fit, SvgPen, short, tag, widthOf } from "./svg-text.ts";

/** What a picture of a chart needs beside what was drawn. Sizes in CSS pixels, colours resolved. */
export type SvgOptions = {
  readonly title: string;
  readonly yTitle: string;
  /** An IANA name; undefined: this machine's. */
  readonly zone?: string | undefined;
  readonly locale?: string | undefined;
  /** Of the plot with its axes. */
  readonly size: { readonly width: number; readonly height: number };
  /** Of the title and the values; the spec's ink is that of labels. */
  readonly ink: string;
  readonly background: string;
  /** What is drawn over the lines. */
  readonly marks: Marks;
  /** The colour of a tone. */
  readonly tones: Readonly<Record<Tone, string>>;
};

/** Around all of it. */
const padding = 12;
const titleSize = 14;
const row = 18;
/** Of marks of time, and what is between axes and labels; as on the screen. */
const mark = 4;
const gaps = { x: 6, y: 8 };
/** Between the strokes that hatch a band. */
const hatch = 6;
/** A band that is narrower has no room for its name. */
const leastNamed = 24;

/**
 * What was just drawn as an SVG file: lines, axes, hatched bands with their names, and around them the
 * title, a legend with the last values, and when and in which zone that was. It needs nothing else:
 * no styles, no scripts, no fonts but those there are.
 */
export function svgOf(scene: Scene, spec: ChartSpec, options: SvgOptions): string {
  const { frame, ratio } = scene;
  const { size, background } = options;
  const width = size.width + 2 * padding;
  const top = padding + (options.title === "" ? row : titleSize + 6 + row);
  const legend = legendOf(scene, spec, options, top + size.height + gaps.x);
  const height = top + size.height + gaps.x + legend.height + padding;
  const plot = tag(
    "g",
    { transform: `translate(${padding} ${top})` },
    isBare(frame) ? "" : axesOf(frame, spec, ratio, options),
    clipped(
      frame,
      ratio,
      ...scene.bands.map((band) => bandOf(band, frame, spec, ratio)),
      ...spec.lines.map((style, i) => lineOf(frame, i, style, ratio)),
      ...options.marks.annotations.map((one) => annotationOf(one, frame, spec, options, ratio)),
      ...options.marks.thresholds.map((one) => thresholdOf(one, scene, spec, options)),
    ),
    ...spec.lines.map((style, i) => marksOf(frame, i, style, ratio)),
  );
  return tag(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      "font-family": spec.fontFamily,
      "font-size": spec.fontSize,
      fill: spec.ink,
    },
    tag("title", {}, escapeText(options.title || "Live chart")),
    tag("rect", { width, height, fill: background }),
    headOf(scene, options, spec),
    plot,
    legend.svg,
  );
}

function headOf({ frame }: Scene, options: SvgOptions, spec: ChartSpec): string {
  const { title, zone, locale, size, ink } = options;
  const bold = { "font-size": titleSize, "font-weight": 600, fill: ink };
  const y = padding + titleSize - 2;
  const shown = fit(title, size.width, titleSize);
  const head = title === "" ? "" : tag("text", { x: padding, y, ...bold }, escapeText(shown));
  const format = new Intl.DateTimeFormat(locale, {
    ...{ dateStyle: "medium", timeStyle: "long" },
    ...(zone === undefined ? {} : { timeZone: zone }),
  });
  const asOf = `As of ${format.format(frame.view.to)} (${zoneName(zone)})`;
  const below = title === "" ? padding + spec.fontSize : y + 6 + spec.fontSize + 2;
  return head + tag("text", { x: padding, y: below }, escapeText(asOf));
}

function axesOf(frame: Frame, spec: ChartSpec, ratio: number, options: SvgOptions): string {
  const { plot, scales, xTicks } = frame;
  const [left, right] = [plot.left / ratio, (plot.left + plot.width) / ratio];
  const bottom = (plot.top + plot.height) / ratio;
  const parts: string[] = [];
  for (const [i, scale] of scales.entries()) {
    const own = spec.lines.filter((line) => line.scale === i);
    const fill = scales.length > 1 && own.length === 1 ? own[0]!.color : undefined;
    const onLeft = scale.side === "left";
    const x = onLeft ? left - gaps.y : right + gaps.y;
    const anchor = onLeft ? "end" : "start";
    for (const { at, text } of scale.ticks) {
      const y = yOf(plot, scale, at) / ratio;
      if (i === 0)
        parts.push(
          tag("path", { d: `M${short(left)} ${short(y)}H${short(right)}`, stroke: spec.grid }),
        );
      const place = { x, y: y + spec.fontSize * 0.35, "text-anchor": anchor, fill };
      parts.push(tag("text", place, escapeText(text)));
    }
  }
  parts.push(
    tag("path", { d: `M${short(left)} ${short(bottom)}H${short(right)}`, stroke: spec.axis }),
  );
  for (const { at, text } of xTicks) {
    const x = xOf(frame, at) / ratio;
    parts.push(tag("path", { d: `M${short(x)} ${short(bottom)}v${mark}`, stroke: spec.axis }));
    const y = bottom + mark + gaps.x + spec.fontSize * 0.8;
    if (text !== "") parts.push(tag("text", { x, y, "text-anchor": "middle" }, escapeText(text)));
  }
  const { size, yTitle } = options;
  // In which zone is said at the top, with the moment.
  if (left > 30) parts.push(tag("text", { x: 0, y: size.height - 10 }, "Time"));
  const title = fit(yTitle, size.width, spec.fontSize);
  if (title !== "") parts.push(tag("text", { x: 0, y: 12 }, escapeText(title)));
  return parts.join("");
}

/** Only what is inside of the plot. An `<svg>` of its own clips without a name that could be taken. */
function clipped({ plot }: Frame, ratio: number, ...children: string[]): string {
  const [x, y, width, height] = [plot.left, plot.top, plot.width, plot.height].map(
    (pixels) => pixels / ratio,
  ) as [number, number, number, number];
  const viewBox = `${x} ${y} ${width} ${height}`;
  return tag("svg", { x, y, width, height, viewBox, overflow: "hidden" }, ...children, "");
}

function lineOf(frame: Frame, index: number, style: LineStyle, ratio: number): string {
  const trace = new Trace(frame, index, style);
  const [fill, stroke] = [new SvgPen(ratio), new SvgPen(ratio)];
  trace.fill(fill, 2 * markRadius(style) * ratio);
  trace.stroke(stroke);
  const opacity = style.draw === "area" ? areaAlpha : undefined;
  const filled = tag("path", { d: fill.data, fill: style.color, "fill-opacity": opacity });
  const stroked = tag("path", {
    ...{ d: stroke.data, fill: "none", stroke: style.color, "stroke-width": style.width },
    ...{ "stroke-linejoin": "round", "stroke-dasharray": style.dash.join(" ") || undefined },
  });
  return (fill.data === "" ? "" : filled) + (stroke.data === "" ? "" : stroked);
}

function marksOf(frame: Frame, index: number, style: LineStyle, ratio: number): string {
  const pen = new SvgPen(ratio);
  const radius = markRadius(style) * ratio;
  new Trace(frame, index, style).marks((x, y) => traceMark(pen, x, y, radius));
  return pen.data === "" ? "" : tag("path", { d: pen.data, fill: style.color });
}

function bandOf(band: Band, frame: Frame, { ink, fontSize }: ChartSpec, ratio: number): string {
  const { plot, view } = frame;
  const x = xOf(frame, Math.max(band.from, view.from)) / ratio;
  const width = xOf(frame, Math.min(band.to, view.to)) / ratio - x;
  if (!(width > 0)) return "";
  const [y, height] = [plot.top / ratio, plot.height / ratio];
  const pen = new SvgPen(1);
  for (let at = hatch; at < width + height; at += hatch) {
    pen.moveTo(x + at, y);
    pen.lineTo(x + at - height, y + height);
  }
  const place = { x, y, width, height };
  const viewBox = `${x} ${y} ${width} ${height}`;
  const strokes = tag("path", { d: pen.data, stroke: ink, "stroke-opacity": 0.3 });
  const name = fit(bandNames[band.kind], width - 8, fontSize);
  const label = { x: x + width / 2, y: y + fontSize + 2, "text-anchor": "middle" };
  return tag(
    "svg",
    { ...place, viewBox, overflow: "hidden" },
    tag("title", {}, escapeText(band.text)),
    tag("rect", { ...place, fill: ink, "fill-opacity": 0.05 }),
    strokes,
    width >= leastNamed ? tag("text", label, escapeText(name)) : "",
  );
}

function thresholdOf(
  { value, to, label, tone, right }: Threshold,
  { frame, ratio, series }: Scene,
  { fontSize }: ChartSpec,
  { tones }: SvgOptions,
): string {
  const { plot, scales } = frame;
  const index = right ? scales.findIndex(({ side }) => side === "right") : 0;
  const scale = scales[index];
  if (!scale) return "";
  const [left, end] = [plot.left / ratio, (plot.left + plot.width) / ratio];
  // Below zero a logarithmic axis has no place at all.
  const lowest = (plot.top + plot.height) / ratio;
  const y = (at: number) => (scale.log && at <= 0 ? lowest : yOf(plot, scale, at) / ratio);
  const color = tones[tone];
  const top = y(to ?? value);
  const text = series.find((one) => one.scale === index)?.text ?? String;
  const values = to === undefined ? text(value) : `${text(value)} – ${text(to)}`;
  const place = { x: end - 4, y: to === undefined ? top - 4 : top + fontSize + 2 };
  return (
    areaOf({ x: left, y: top, width: end - left, height: y(value) - top }, color) +
    tag("path", { d: `M${short(left)} ${short(top)}H${short(end)}`, ...dashed(color) }) +
    tag(
      "text",
      { ...place, "text-anchor": "end", fill: color },
      escapeText(fit(label || values, end - left - 8, fontSize)),
    )
  );
}

function annotationOf(
  { at, to = at, label, tone }: Annotation,
  frame: Frame,
  { fontSize }: ChartSpec,
  { tones }: SvgOptions,
  ratio: number,
): string {
  const { plot, view } = frame;
  if (at > view.to || to < view.from) return "";
  const [x, end] = [Math.max(at, view.from), Math.min(to, view.to)].map(
    (time) => xOf(frame, time) / ratio,
  ) as [number, number];
  const [y, height] = [plot.top / ratio, plot.height / ratio];
  const color = tones[tone];
  const bottom = y + height;
  const line = { d: `M${short(x)} ${short(y)}V${short(bottom)}`, ...dashed(color) };
  return (
    areaOf({ x, y, width: end - x, height }, color) +
    (at < view.from ? "" : tag("path", line)) +
    tag("text", { x: x + 4, y: bottom - 5, fill: color, "font-size": fontSize }, escapeText(label))
  );
}

function areaOf(
  area: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  fill: string,
): string {
  if (!(area.width > 0 && area.height > 0)) return "";
  return tag("rect", { ...area, fill, "fill-opacity": 0.1 });
}

function dashed(stroke: string): { readonly stroke: string; readonly "stroke-dasharray": string } {
  return { stroke, "stroke-dasharray": "4 3" };
}

type Block = { readonly svg: string; readonly height: number };

function legendOf(
  { series, frame }: Scene,
  spec: ChartSpec,
  { size, ink }: SvgOptions,
  top: number,
): Block {
  const font = spec.fontSize + 1;
  const entries = series.flatMap((one) => {
    const style = spec.lines.find((line) => line.series === one.series);
    return one.off || !style ? [] : [{ name: one.name, style, value: lastText(one, frame) }];
  });
  if (entries.length === 0) return { svg: "", height: 0 };
  const longest = Math.max(...entries.map(({ name, value }) => widthOf(`${name}  ${value}`, font)));
  const column = Math.min(size.width, Math.max(120, longest + 48));
  const columns = Math.max(1, Math.floor(size.width / column));
  const parts = entries.map(({ name, style, value }, i) => {
    const x = padding + (i % columns) * column;
    const y = top + Math.floor(i / columns) * row + row / 2;
    const dash = style.dash.join(" ") || undefined;
    const swatch = {
      ...{ d: `M${x} ${y}h16`, stroke: style.color, "stroke-width": 3, "stroke-dasharray": dash },
    };
    const room = column - 48 - widthOf(value, font);
    const line = { x: x + 22, y: y + font * 0.35, "font-size": font };
    const bold = tag("tspan", { dx: 8, fill: ink, "font-weight": 600 }, escapeText(value));
    return tag("path", swatch) + tag("text", line, escapeText(fit(name, room, font)), bold);
  });
  return { svg: parts.join(""), height: Math.ceil(entries.length / columns) * row };
}

/** The last value in view. */
function lastText({ ring, text }: SceneSeries, { view }: Frame): string {
  const { times, values } = ring;
  for (let i = times.length - 1; i >= 0 && times[i]! >= view.from; i--) {
    if (times[i]! <= view.to && !Number.isNaN(values[i])) return text(values[i]!);
  }
  return "–";
}
