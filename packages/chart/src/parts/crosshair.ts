import { make, setClass, setText } from "../dom.ts";
import { type Frame, xOf, yOf } from "../renderer.ts";
import type { Scene, SceneSeries } from "../scene.ts";
import { makeSwatch } from "./legend.ts";
import { bandAt, heightOf, type Reading, readingAt, reducedAt } from "./nearest.ts";

export const crosshairCss = `
.overlay { position: absolute; inset: 0; }
.crosshair {
  position: absolute;
  inset: 0 auto auto 0;
  border-inline-start: 1px solid var(--axis);
  margin-inline-start: -0.5px;
}
.dot {
  position: absolute;
  inset: -4px auto auto -4px;
  inline-size: 8px;
  block-size: 8px;
  border-radius: 50%;
  background: currentColor;
  box-shadow: 0 0 0 1.5px var(--raised);
}
.dot.active { box-shadow: 0 0 0 2px var(--raised), 0 0 0 4px currentColor; }
.tooltip {
  position: absolute;
  inset: 0 auto auto 0;
  max-inline-size: 100%;
  padding: 6px 10px 7px;
  color: var(--ink);
  background: var(--raised);
  border: 1px solid var(--axis);
  border-radius: 6px;
  box-shadow: 0 2px 8px rgb(0 0 0 / 12%);
  font-size: 12px;
  line-height: 17px;
}
.tooltip-time, .tooltip-more { color: var(--quiet); white-space: nowrap; }
.tooltip-why { color: var(--quiet); max-inline-size: 36ch; overflow-wrap: anywhere; }
.tooltip-more:empty, .tooltip-why:empty { display: none; }
.tooltip-list.columns {
  display: grid;
  grid-template-columns: repeat(2, minmax(0, 1fr));
  column-gap: 16px;
}
.tooltip-row { display: flex; align-items: center; gap: 8px; min-inline-size: 0; }
.tooltip-row.active .tooltip-name { font-weight: 600; }
.tooltip-name {
  flex: 1 1 auto;
  min-inline-size: 0;
  max-inline-size: 18ch;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}
.tooltip-value {
  font-weight: 600;
  text-align: end;
  white-space: nowrap;
  margin-inline-start: auto;
  padding-inline-start: 8px;
}
.tooltip-value.absent { color: var(--quiet); font-weight: 400; }
@media (forced-colors: active) {
  .dot { forced-color-adjust: none; }
}
`;

/** What is looked at. */
export type Target = {
  readonly time: number;
  /** Down, in CSS pixels: the box keeps near it. Undefined: at the top. */
  readonly y: number | undefined;
  /** The series whose values are read aloud. */
  readonly active?: string | undefined;
};

type Row = { readonly root: HTMLElement; readonly value: HTMLElement; readonly dot: HTMLElement };
type Size = { readonly width: number; readonly height: number };

/** More rows than this would cover the chart they are about, on a wide screen and on a phone. */
const maxRows = { wide: 20, narrow: 8 };
const narrowWidth = 480;
const oneColumn = 8;
/** CSS pixels between the crosshair and the box. */
const distance = 14;
/** CSS pixels around a plot, at least, that the box may cover. */
const margin = { right: 16, below: 30 };
/** In a lower plot than this a box would hide all there is. */
const leastHeight = 64;

/**
 * The line at a moment, a dot on each series, and a box with their values. Texts are changed in place
 * and the box never becomes narrower while it is there, so that nothing flickers while data move.
 */
export class Crosshair {
  readonly element = make("div", "overlay");
  readonly #line = make("div", "crosshair");
  readonly #box = make("div", "tooltip");
  readonly #time = make("div", "tooltip-time");
  readonly #list = make("div", "tooltip-list");
  readonly #more = make("div", "tooltip-more");
  readonly #why = make("div", "tooltip-why");
  #rows: Row[] = [];
  #key = "";
  #measured = { key: "", width: 0, height: 0 };
  #side: "left" | "right" = "right";

  constructor() {
    this.#box.append(this.#time, this.#list, this.#more, this.#why);
    this.element.append(this.#line, this.#box);
    // What is read aloud is said elsewhere, in words.
    this.element.setAttribute("aria-hidden", "true");
    this.element.hidden = true;
  }

  hide(): void {
    this.element.hidden = true;
    this.#side = "right";
    this.#measured = { key: "", width: 0, height: 0 };
  }

  show(scene: Scene, target: Target): void {
    const { frame, ratio, bands } = scene;
    const { time } = target;
    this.element.hidden = false;
    const area = areaOf(frame, ratio);
    this.#box.hidden = area.height < leastHeight;
    const shown = scene.series.filter(({ off }) => !off);
    const chosen = choose(scene, shown, target, area.width < narrowWidth);
    const readings = chosen.map((one) => readingAt(one, time, bands));
    this.#build(chosen, shown.length - chosen.length);
    setText(this.#time, scene.moment(time));
    setText(this.#why, whyOf(scene, time));
    for (const [i, one] of chosen.entries()) this.#fill(i, one, readings[i]!, scene, target);
    const x = xOf(frame, time) / ratio;
    const [top, height] = [frame.plot.top / ratio, frame.plot.height / ratio];
    this.#line.style.transform = `translate(${x}px, ${top}px)`;
    this.#line.style.blockSize = `${height}px`;
    if (!this.#box.hidden) this.#place(x, target.y, area);
  }

  #build(series: readonly SceneSeries[], others: number): void {
    const key = JSON.stringify([
      others,
      series.map(({ series, name, look }) => [series, name, look]),
    ]);
    if (key === this.#key) return;
    this.#key = key;
    setText(this.#more, others > 0 ? `${others} more` : "");
    for (const { dot } of this.#rows) dot.remove();
    this.#rows = series.map(makeRow);
    this.#list.replaceChildren(...this.#rows.map(({ root }) => root));
    this.#box.before(...this.#rows.map(({ dot }) => dot));
    setClass(this.#list, "columns", series.length > oneColumn);
  }

  #fill(index: number, one: SceneSeries, reading: Reading, scene: Scene, { active }: Target): void {
    const { root, value, dot } = this.#rows[index]!;
    const absent = Number.isNaN(reading.value);
    setText(value, reading.text);
    setClass(value, "absent", absent);
    for (const element of [root, dot]) setClass(element, "active", one.series === active);
    const scale = scene.frame.scales[one.scale];
    dot.hidden = absent || !scale;
    if (absent || !scale) return;
    const x = xOf(scene.frame, reading.time) / scene.ratio;
    const y = yOf(scene.frame.plot, scale, heightOf(one, reading)) / scene.ratio;
    dot.style.transform = `translate(${x}px, ${y}px)`;
  }

  #place(x: number, y: number | undefined, area: Size): void {
    const { width, height } = this.#measure(area);
    const fits = { right: x + distance + width <= area.width, left: x - distance - width >= 0 };
    const other = this.#side === "right" ? "left" : "right";
    // It stays on its side for as long as it can: one that goes back and forth cannot be read.
    if (!fits[this.#side] && fits[other]) this.#side = other;
    const wanted = this.#side === "right" ? x + distance : x - distance - width;
    const left = Math.max(0, Math.min(area.width - width, wanted));
    const middle = (y ?? 0) - height / 2;
    const top = Math.max(0, Math.min(area.height - height, middle));
    this.#box.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  /** Measuring costs a layout: only when a text has become longer or shorter. */
  #measure(area: Size): Size {
    const texts = [this.#time, this.#why, ...this.#rows.map(({ value }) => value)];
    const lengths = texts.map(({ textContent }) => textContent?.length);
    const key = `${this.#key} ${area.width} ${lengths}`;
    if (key === this.#measured.key) return this.#measured;
    const kept = Math.min(this.#measured.width, area.width);
    this.#box.style.minInlineSize = `${kept}px`;
    const { width, height } = this.#box.getBoundingClientRect();
    this.#measured = { key, width, height };
    return this.#measured;
  }
}

function makeRow({ name, look }: SceneSeries): Row {
  const value = make("span", "tooltip-value");
  const label = make("span", "tooltip-name", name);
  const root = make("div", "tooltip-row", makeSwatch(look), label, value);
  const dot = make("i", "dot");
  dot.classList.add(`c${look.color}`);
  return { root, value, dot };
}

/** What of the chart's own area the box may lie on, CSS pixels. Not measured: that costs a layout. */
function areaOf({ plot }: Frame, ratio: number): Size {
  return {
    width: (plot.left + plot.width) / ratio + margin.right,
    height: (plot.top + plot.height) / ratio + margin.below,
  };
}

/** All, in their order; if they are too many, those nearest to what is looked at. */
function choose(
  { frame, ratio, bands }: Scene,
  series: readonly SceneSeries[],
  { time, y, active }: Target,
  narrow: boolean,
): readonly SceneSeries[] {
  const limit = narrow ? maxRows.narrow : maxRows.wide;
  if (series.length <= limit) return series;
  const away = (one: SceneSeries) => {
    const scale = frame.scales[one.scale];
    if (one.series === active) return -1;
    if (!scale) return Number.POSITIVE_INFINITY;
    const height = heightOf(one, readingAt(one, time, bands));
    const pixels = Math.abs(yOf(frame.plot, scale, height) / ratio - (y ?? 0));
    return Number.isNaN(pixels) ? Number.POSITIVE_INFINITY : pixels;
  };
  const ranked = series.map((one) => [one, away(one)] as const).sort(([, a], [, b]) => a - b);
  const nearest = new Set(ranked.slice(0, limit).map(([one]) => one));
  return series.filter((one) => nearest.has(one));
}

/** Why nothing is there, or not all; each reason once. */
function whyOf({ bands }: Scene, time: number): string {
  const gap = bandAt(bands, time);
  const reasons = [...(gap ? [gap] : []), ...reducedAt(bands, time)].map(({ text }) => text);
  return [...new Set(reasons)].join(" ");
}
