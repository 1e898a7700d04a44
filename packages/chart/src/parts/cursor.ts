import { make, setText } from "../dom.ts";
import type { Part, PartHost } from "../part.ts";
import { yOf } from "../renderer.ts";
import type { Scene, SceneSeries } from "../scene.ts";
import { Announcer, realTime, type Timing } from "./announcer.ts";
import { Crosshair, crosshairCss } from "./crosshair.ts";
import { bandAt, heightOf, nearestTime, readingAt, reducedAt, stepFrom } from "./nearest.ts";
import { summaryOf } from "./summary.ts";

/*
 * For screen readers the lines are an "application" (WAI-ARIA): a widget with keys of its own, which
 * are then handed to us instead of being used for reading the page. "img" would not get them. "slider"
 * would, but promises that up is more of the same value, while up is another series here; and its
 * value would be said whenever it changes, which in a live chart is always. What is read is said by a
 * live region, as often as we want. The element has no content but the canvas, so nothing is hidden
 * by the role; everything is in the legend and in the table, too.
 */

export const cursorCss = `
${crosshairCss}
.canvas:focus-visible { outline: 2px solid var(--quiet); outline-offset: -2px; border-radius: 4px; }
`;

/** Held down, a key steps faster than anyone can listen. */
const stepBeatMs = 300;
/** So that who is not reading samples hears from time to time where they are. */
const summaryBeatMs = 30_000;
/** What is said as soon as the focus comes would be lost: the name is being read. */
const firstSummaryMs = 1500;
/** CSS pixels: a pointer in a gap means the sample at its edge if it is that close. */
const edge = 8;

const keysText =
  "Left and right arrow read samples, with control ten at a time. Up and down change the series. " +
  "Enter tells what is in view. Shift and arrows move the view, plus and minus zoom, escape goes " +
  "back to live.";

type Pointer = { readonly x: number; readonly y: number };

/** What is under the pointer, or at the sample that was reached with the keyboard. */
export class Cursor implements Part {
  /** Told the time that is looked at here, and undefined when none is any more. */
  onTime: (time: number | undefined) => void = () => {};
  readonly #host: PartHost;
  readonly #timing: Timing;
  readonly #crosshair = new Crosshair();
  readonly #spoken = make("p", "spoken");
  readonly #announcer: Announcer;
  #pointer: Pointer | undefined;
  /** What was reached with the keyboard. */
  #read: { readonly time: number | undefined; readonly series: string } | undefined;
  /** What is looked at in another chart. */
  #elsewhere: number | undefined;
  #told: number | undefined;
  #focused = false;
  #summaryAt = Number.POSITIVE_INFINITY;

  constructor(host: PartHost, timing: Timing = realTime) {
    this.#host = host;
    this.#timing = timing;
    this.#announcer = new Announcer((text) => this.#speak(text), stepBeatMs, timing);
    this.#spoken.setAttribute("role", "status");
    const keys = make("span", "keys", keysText);
    keys.id = "cursor-keys";
    keys.hidden = true;
    host.layout.over.append(this.#crosshair.element, keys, this.#spoken);
    this.#listen();
    const { canvas } = host.layout;
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    canvas.setAttribute("aria-roledescription", "live chart");
    canvas.setAttribute("aria-describedby", keys.id);
    // It is the focus that we are loaded for.
    if (canvas.matches(":focus")) this.#focus();
  }

  update(scene: Scene): void {
    this.#show(scene);
    if (!this.#focused || scene.now < this.#summaryAt) return;
    const quietUntil = this.#announcer.saidAt + (this.#read ? summaryBeatMs : firstSummaryMs);
    if (scene.now >= quietUntil) this.#summarize(scene);
  }

  /** Shows what is at a time that is looked at elsewhere; undefined: none is. */
  showTime(time: number | undefined): void {
    if (time === this.#elsewhere) return;
    this.#elsewhere = time;
    this.#refresh();
  }

  #listen(): void {
    const { layout, signal } = this.#host;
    const { plot, canvas } = layout;
    const point = (event: PointerEvent) => {
      // The page moved, not the pointer: that does not end what is read with the keyboard.
      if (this.#read && event.type === "pointermove" && !event.movementX && !event.movementY)
        return;
      const box = plot.getBoundingClientRect();
      this.#pointer = { x: event.clientX - box.left, y: event.clientY - box.top };
      this.#read = undefined;
      this.#refresh();
    };
    const leave = () => {
      if (!this.#pointer) return;
      this.#pointer = undefined;
      this.#refresh();
    };
    plot.addEventListener("pointermove", point, { signal });
    plot.addEventListener("pointerdown", point, { signal });
    plot.addEventListener("pointercancel", leave, { signal });
    // A finger that is lifted leaves its value to be read, until it touches something else.
    const mouseLeaves = ({ pointerType }: PointerEvent) => pointerType !== "touch" && leave();
    plot.addEventListener("pointerleave", mouseLeaves, { signal });
    const elsewhere = (event: Event) => event.composedPath().includes(plot) || leave();
    document.addEventListener("pointerdown", elsewhere, { signal });
    canvas.addEventListener("focus", () => this.#focus(), { signal });
    canvas.addEventListener("blur", () => this.#blur(), { signal });
    canvas.addEventListener("keydown", (event) => this.#press(event), { signal });
  }

  #focus(): void {
    this.#focused = true;
    this.#summaryAt = this.#timing.now() + firstSummaryMs;
    // Of a stream that is silent nothing would be drawn.
    this.#timing.later(() => this.#focused && this.#host.redraw(), firstSummaryMs);
  }

  #blur(): void {
    this.#focused = false;
    this.#read = undefined;
    this.#announcer.hush();
    this.#refresh();
  }

  #press(event: KeyboardEvent): void {
    const scene = this.#host.scene();
    if (!scene || event.shiftKey || event.altKey || event.metaKey) return;
    const { key, ctrlKey } = event;
    if (key === "ArrowLeft" || key === "ArrowRight") {
      this.#step(scene, (key === "ArrowLeft" ? -1 : 1) * (ctrlKey ? 10 : 1));
    } else if ((key === "ArrowUp" || key === "ArrowDown") && !ctrlKey) {
      this.#change(scene, key === "ArrowUp" ? -1 : 1);
    } else if (key === "Enter") {
      this.#summarize(scene);
    } else {
      if (key === "Escape") this.#dismiss();
      return;
    }
    event.preventDefault();
  }

  #dismiss(): void {
    this.#pointer = this.#read = undefined;
    this.#refresh();
  }

  #step(scene: Scene, by: number): void {
    const { one, fresh } = this.#active(scene);
    const from = this.#read?.time ?? this.#told;
    const index = one
      ? stepFrom(one.line, scene.frame.view, from, from === undefined ? 0 : by)
      : -1;
    if (!one || index < 0) {
      this.#announcer.say(one ? `${one.name}: nothing in view.` : "No series.");
      return;
    }
    const time = one.line.times[index]!;
    const before = from === undefined ? "" : gapBetween(scene, one, from, time);
    const after = from === time ? (by > 0 ? ", newest in view" : ", oldest in view") : "";
    this.#readAt(scene, one, time, { named: fresh || from === undefined, before, after });
  }

  #change(scene: Scene, by: number): void {
    const shown = scene.series.filter(({ off }) => !off);
    const { one, fresh } = this.#active(scene);
    const place = (one ? shown.indexOf(one) : 0) + (fresh ? 0 : by);
    const next = shown[Math.max(0, Math.min(shown.length - 1, place))];
    const from = this.#read?.time ?? this.#told;
    const index = next ? stepFrom(next.line, scene.frame.view, from, 0) : -1;
    if (next && index >= 0) {
      this.#readAt(scene, next, next.line.times[index]!, { named: true });
      return;
    }
    this.#announcer.say(next ? `${next.name}: nothing in view.` : "No series.");
    this.#pointer = undefined;
    this.#read = next && { time: from, series: next.series };
    this.#show(scene);
  }

  /** The series that is read; the first one, as long as nobody chose. */
  #active({ series }: Scene): { one: SceneSeries | undefined; fresh: boolean } {
    const shown = series.filter(({ off }) => !off);
    const chosen = shown.find((one) => one.series === this.#read?.series);
    return { one: chosen ?? shown[0], fresh: chosen === undefined };
  }

  #readAt(
    scene: Scene,
    one: SceneSeries,
    time: number,
    { named, before = "", after = "" }: { named: boolean; before?: string; after?: string },
  ): void {
    this.#pointer = undefined;
    this.#read = { time, series: one.series };
    const { text } = readingAt(one, time, scene.bands);
    const name = named ? `${one.name} ` : "";
    const why = reducedAt(scene.bands, time).map((band) => ` ${band.text}`);
    this.#announcer.say(`${before}${name}${text}, ${scene.moment(time)}${after}.${why.join("")}`);
    this.#show(scene);
  }

  #summarize(scene: Scene): void {
    this.#summaryAt = scene.now + summaryBeatMs;
    this.#announcer.say(summaryOf(scene));
  }

  /** The same words twice are said twice only if they are not quite the same. */
  #speak(text: string): void {
    setText(this.#spoken, this.#spoken.textContent === text ? `${text}\u00a0` : text);
  }

  /** Without a drawing: the lines are where they were. */
  #refresh(): void {
    const scene = this.#host.scene();
    if (scene) this.#show(scene);
  }

  #show(scene: Scene): void {
    const { from, to } = scene.frame.view;
    // What slides out of view is not read any more; the next step begins at the newest.
    if (this.#read?.time !== undefined && (this.#read.time < from || this.#read.time > to)) {
      this.#read = { ...this.#read, time: undefined };
    }
    const own = this.#pointer ? timeUnder(scene, this.#pointer) : this.#read?.time;
    const time = own ?? this.#elsewhere;
    if (time === undefined || time < from || time > to) this.#crosshair.hide();
    else
      this.#crosshair.show(scene, { time, y: this.#yOf(scene, own), active: this.#read?.series });
    if (own === this.#told) return;
    this.#told = own;
    this.onTime(own);
  }

  #yOf(scene: Scene, own: number | undefined): number | undefined {
    if (this.#pointer || own === undefined) return this.#pointer?.y;
    const one = scene.series.find(({ series }) => series === this.#read?.series);
    const scale = one && scene.frame.scales[one.scale];
    if (!one || !scale) return undefined;
    const height = heightOf(one, readingAt(one, own, scene.bands));
    return Number.isNaN(height) ? undefined : yOf(scene.frame.plot, scale, height) / scene.ratio;
  }
}

export function createCursor(host: PartHost): Cursor {
  return new Cursor(host);
}

/** The time that is meant by a place: that of the nearest sample, if it is not far beyond a gap. */
function timeUnder({ frame, ratio, series, bands }: Scene, { x }: Pointer): number | undefined {
  const { plot, view } = frame;
  const left = plot.left / ratio;
  const width = plot.width / ratio;
  if (x < left - edge || x > left + width + edge) return undefined;
  const msPerPixel = (view.to - view.from) / width;
  const at = Math.max(view.from, Math.min(view.to, view.from + (x - left) * msPerPixel));
  let best: number | undefined;
  for (const { ring, off } of series) {
    const time = off ? undefined : nearestTime(ring, at, view);
    if (time === undefined) continue;
    if (best === undefined || Math.abs(time - at) < Math.abs(best - at)) best = time;
  }
  const gap = bandAt(bands, at);
  if (!gap) return best;
  const within = best !== undefined && best > gap.from && best < gap.to;
  const close = best !== undefined && Math.abs(best - at) <= edge * msPerPixel;
  return within || close ? best : at;
}

/** What one steps over from one time to another: why nothing is between them. */
function gapBetween({ bands }: Scene, { line }: SceneSeries, from: number, to: number): string {
  const [early, late] = from < to ? [from, to] : [to, from];
  const band = bands.find((one) => one.kind !== "reduced" && one.from >= early && one.to <= late);
  if (band) return `${band.text} `;
  for (let i = 0; i < line.length; i++) {
    const time = line.times[i]!;
    if (time > early && time <= late && line.starts[i] !== 0) return "After a gap: ";
  }
  return "";
}
