import { make, setText } from "./dom.ts";
import { makeSwatch } from "./legend.ts";
import type { Look } from "./palette.ts";
import { type Frame, xOf, yOf } from "./renderer.ts";
import { lowerBound, type Ring } from "./ring.ts";

/** One series as the tooltip sees it. */
export type TooltipSeries = {
  readonly series: string;
  readonly name: string;
  readonly look: Look;
  readonly ring: Ring;
  readonly text: (value: number) => string;
};

type Row = { readonly root: HTMLElement; readonly value: HTMLElement; readonly dot: HTMLElement };
type Pointer = { readonly x: number; readonly y: number };

/** Why a stretch of time is hatched. */
export const outlineText = "Shown in outline: away for longer than the log reaches";

/** More rows than this would cover the chart they are about, on a wide screen and on a phone. */
const maxRows = { wide: 20, narrow: 8 };
const narrowWidth = 480;
const oneColumn = 8;
/** CSS pixels between the crosshair and the tooltip. */
const distance = 14;

/**
 * The crosshair and the values of all series at the sample nearest to the pointer, as Chart.js does
 * with `mode: "index"`. It stays under a pointer that does not move while the data do.
 */
export class Tooltip {
  readonly element = make("div", "overlay");
  readonly #line = make("div", "crosshair");
  readonly #box = make("div", "tooltip");
  readonly #time = make("div", "tooltip-time");
  readonly #list = make("div", "tooltip-list");
  readonly #more = make("div", "tooltip-more");
  readonly #outline = make("div", "tooltip-outline", outlineText);
  #rows: Row[] = [];
  #key = "";
  #pointer: Pointer | undefined;

  /** `area` is where the pointer is heard; `changed` asks for a drawing. */
  constructor(area: HTMLElement, changed: () => void, signal: AbortSignal) {
    this.#box.append(this.#time, this.#list, this.#more, this.#outline);
    this.element.append(this.#line, this.#box);
    this.element.hidden = true;
    const move = (event: PointerEvent) => {
      const box = area.getBoundingClientRect();
      this.#pointer = { x: event.clientX - box.left, y: event.clientY - box.top };
      changed();
    };
    const leave = () => {
      this.#pointer = undefined;
      changed();
    };
    area.addEventListener("pointermove", move, { signal });
    area.addEventListener("pointerdown", move, { signal });
    area.addEventListener("pointerleave", leave, { signal });
    area.addEventListener("pointercancel", leave, { signal });
  }

  /** Shows what is under the pointer in this frame. `ratio`: device pixels of a CSS pixel. */
  update(
    frame: Frame,
    series: readonly TooltipSeries[],
    ratio: number,
    momentText: (time: number) => string,
  ): void {
    const time = this.#pointer && this.#nearest(frame, series, this.#pointer.x * ratio);
    this.element.hidden = time === undefined;
    if (time === undefined) return;
    const shown = this.#choose(frame, series, time, ratio);
    this.#build(shown, series.length - shown.length);
    setText(this.#time, momentText(time));
    this.#outline.hidden = !frame.outlined.some(({ from, to }) => from <= time && time <= to);
    for (const [i, entry] of shown.entries()) this.#fill(this.#rows[i]!, entry, time, frame, ratio);
    this.#place(frame, xOf(frame, time) / ratio, ratio);
  }

  /** The time of the drawn sample nearest to `x`, in device pixels. */
  #nearest(frame: Frame, series: readonly TooltipSeries[], x: number): number | undefined {
    const { plot, view } = frame;
    if (x < plot.left - 8 || x > plot.left + plot.width + 8) return undefined;
    const at = view.from + ((x - plot.left) / plot.width) * (view.to - view.from);
    let best: number | undefined;
    for (const { ring } of series) {
      const time = nearestTime(ring, at, view);
      if (time === undefined) continue;
      if (best === undefined || Math.abs(time - at) < Math.abs(best - at)) best = time;
    }
    return best;
  }

  /** All, in their order; if they are too many, those nearest to the pointer. */
  #choose(
    frame: Frame,
    series: readonly TooltipSeries[],
    time: number,
    ratio: number,
  ): readonly TooltipSeries[] {
    const limit = this.element.clientWidth < narrowWidth ? maxRows.narrow : maxRows.wide;
    if (series.length <= limit) return series;
    const away = new Map(
      series.map((entry) => {
        const index = sampleNear(entry.ring, time);
        const value = entry.ring.values[index] ?? Number.NaN;
        const pixels = Math.abs(yOf(frame, value) / ratio - this.#pointer!.y);
        return [entry, Number.isNaN(pixels) ? Number.POSITIVE_INFINITY : pixels] as const;
      }),
    );
    const nearest = [...series].sort((a, b) => away.get(a)! - away.get(b)!).slice(0, limit);
    return series.filter((entry) => nearest.includes(entry));
  }

  #build(series: readonly TooltipSeries[], others: number): void {
    const key = JSON.stringify([
      others,
      series.map(({ series, name, look }) => [series, name, look]),
    ]);
    if (key === this.#key) return;
    setText(this.#more, others > 0 ? `${others} more` : "");
    this.#key = key;
    for (const { dot } of this.#rows) dot.remove();
    this.#rows = series.map(({ name, look }) => {
      const value = make("span", "tooltip-value");
      const root = make(
        "div",
        "tooltip-row",
        makeSwatch(look),
        make("span", "tooltip-name", name),
        value,
      );
      const dot = make("i", "dot");
      dot.classList.add(`c${look.color}`);
      return { root, value, dot };
    });
    this.#list.replaceChildren(...this.#rows.map(({ root }) => root));
    this.#line.before(...this.#rows.map(({ dot }) => dot));
    this.#list.classList.toggle("columns", series.length > oneColumn);
  }

  #fill(row: Row, entry: TooltipSeries, time: number, frame: Frame, ratio: number): void {
    const index = sampleNear(entry.ring, time);
    const value = index < 0 ? Number.NaN : entry.ring.values[index]!;
    setText(row.value, Number.isNaN(value) ? "–" : entry.text(value));
    row.dot.hidden = Number.isNaN(value);
    if (row.dot.hidden) return;
    const x = xOf(frame, entry.ring.times[index]!) / ratio;
    const y = yOf(frame, value) / ratio;
    row.dot.style.transform = `translate(${x}px, ${y}px)`;
  }

  #place({ plot }: Frame, x: number, ratio: number): void {
    const [top, height] = [plot.top / ratio, plot.height / ratio];
    this.#line.style.transform = `translate(${x}px, ${top}px)`;
    this.#line.style.height = `${height}px`;
    const { offsetWidth, offsetHeight } = this.#box;
    const { clientWidth, clientHeight } = this.element;
    const right = x + distance + offsetWidth <= clientWidth;
    const left = right ? x + distance : Math.max(0, x - distance - offsetWidth);
    const wanted = this.#pointer!.y - offsetHeight / 2;
    const y = Math.max(0, Math.min(clientHeight - offsetHeight, wanted));
    this.#box.style.transform = `translate(${Math.round(left)}px, ${Math.round(y)}px)`;
  }
}

/** The time of the present sample in view that is nearest to `at`. */
export function nearestTime(
  ring: Ring,
  at: number,
  view: { readonly from: number; readonly to: number },
): number | undefined {
  const { times, values } = ring;
  const inView = Math.max(view.from, Math.min(view.to, at));
  const middle = lowerBound(times, inView);
  let before = middle - 1;
  let after = middle;
  while (before >= 0 && times[before]! >= view.from && Number.isNaN(values[before])) before--;
  while (after < times.length && times[after]! <= view.to && Number.isNaN(values[after])) after++;
  const early = before >= 0 ? times[before]! : Number.NEGATIVE_INFINITY;
  const late = after < times.length ? times[after]! : Number.POSITIVE_INFINITY;
  const inEarly = early >= view.from;
  const inLate = late <= view.to;
  if (inEarly && (!inLate || inView - early <= late - inView)) return early;
  return inLate ? late : undefined;
}

/** The sample of a series that stands for `time`: near enough to have been taken with it; else -1. */
export function sampleNear(ring: Ring, time: number): number {
  const { times } = ring;
  const after = lowerBound(times, time);
  const nearer =
    after > 0 && (after === times.length || time - times[after - 1]! < times[after]! - time);
  const index = nearer ? after - 1 : after;
  if (index >= times.length) return -1;
  const interval = ring.cadence.medianMs;
  // Of a bucket of history few samples are here, each when it was taken.
  const usual = Number.isNaN(interval) ? 1000 : interval;
  const allowed = Math.max(usual, ring.bucketMsAt(times[index]!));
  return Math.abs(times[index]! - time) <= allowed ? index : -1;
}
