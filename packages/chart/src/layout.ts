import { make, setClass, setText } from "./dom.ts";
import type { Chip, Message } from "./parts/status.ts";
import type { LabelWidths } from "./picture.ts";
import type { Rect } from "./renderer.ts";

/** Space around the plot in CSS pixels; on the left there is what the labels of y need. */
const above = { bare: 8, titled: 24 };
const below = 30;
const leastRight = 16;
/** Of the word under the axis of time, and what is free beside it. */
const leastTimeWidth = 28;
const timeGap = 8;
/** Enough for `-1,000`, so that most charts on a page begin at the same place, and stay there. */
const leastLeft = 48;

/** The parts of a chart that are always there, in one grid that no text can shift. */
export class Layout {
  readonly title = make("figcaption", "title");
  readonly plot = make("div", "plot");
  /** Behind the lines: what is hatched. */
  readonly under = make("div", "under");
  /** Where the renderer draws. */
  readonly canvas = make("div", "canvas");
  /** Above the lines: thresholds, notes, the crosshair, the tooltip. Lets the pointer through. */
  readonly over = make("div", "over");
  /** In the plot, above all of it: buttons that are there for a while, such as "Back to live". */
  readonly actions = make("div", "actions");
  /** At the end of the head, after the chip. */
  readonly menu = make("div", "menu");
  readonly figure: HTMLElement;
  readonly #note = make("span", "note");
  readonly #chip = make("span", "chip");
  readonly #xTitle = make("div", "axis-title x-title");
  readonly #yTitle = make("div", "axis-title y-title");
  readonly #rightTitle = make("div", "axis-title y-title right");
  readonly #message = make("div", "message");
  readonly #messageTitle = make("div", "message-title");
  readonly #messageDetail = make("div", "message-detail");
  readonly #spoken = make("p", "spoken");
  #left = leastLeft;
  #right = leastRight;
  #spark = false;
  #timeWidth = leastTimeWidth;

  constructor(legend: HTMLElement) {
    // A widget with keys of its own: they work as soon as somebody uses them (parts/cursor.ts).
    this.canvas.setAttribute("role", "application");
    this.canvas.setAttribute("aria-roledescription", "live chart");
    this.canvas.tabIndex = 0;
    this.#spoken.setAttribute("role", "status");
    this.#message.append(this.#messageTitle, this.#messageDetail);
    this.#message.hidden = true;
    // Nothing that is always there is above the canvas: each would be a layer of its own for the browser.
    this.plot.append(
      ...[this.under, this.#yTitle, this.#rightTitle, this.#xTitle, this.canvas],
      ...[this.over, this.#message, this.actions],
    );
    const head = make("div", "head", this.title, this.#note, this.#chip, this.menu);
    this.figure = make("figure", "figure", head, this.plot, legend, this.#spoken);
    // The host may have a title, which we show; browsers would show it as a tooltip as well.
    this.figure.title = "";
  }

  setTitles(title: string, xTitle: string, description: string): void {
    setText(this.title, title);
    if (this.#xTitle.textContent !== xTitle) {
      this.#xTitle.textContent = xTitle;
      // Of what has no box nothing can be measured: "Time" is as wide as that.
      this.#timeWidth = (this.#xTitle.offsetWidth || leastTimeWidth) + timeGap;
    }
    setLabel(this.canvas, description);
  }

  setName(name: string): void {
    setLabel(this.figure, name);
  }

  /** Of the axis on the left, and of the one on the right. */
  setYTitles(left: string, right: string): void {
    setText(this.#yTitle, left);
    setText(this.#rightTitle, right);
  }

  setChip({ tone, text }: Chip, hint: string): void {
    setText(this.#chip, text);
    for (const name of ["idle", "good", "warn", "bad"]) setClass(this.#chip, name, name === tone);
    if (this.#chip.title !== hint) this.#chip.title = hint;
  }

  /** In the plot, in place of data; or, when there are some, beside the chip: data stay in sight. */
  setMessage(message: Message | undefined, drawn: boolean): void {
    const inPlot = message !== undefined && !drawn;
    if (this.#message.hidden === inPlot) this.#message.hidden = !inPlot;
    setText(this.#note, message && drawn ? `${message.title}. ${message.detail}` : "");
    if (!message || !inPlot) return;
    setText(this.#messageTitle, message.title);
    setText(this.#messageDetail, message.detail);
    for (const name of ["idle", "warn", "bad"]) {
      setClass(this.#message, name, name === message.tone);
    }
  }

  /** For screen readers. */
  speak(text: string): void {
    setText(this.#spoken, text);
  }

  /** How far time labels may reach to the left of the plot without touching the word "Time". */
  get roomLeft(): number {
    return this.#left - this.#timeWidth;
  }

  get roomRight(): number {
    return this.#right;
  }

  /** The line alone, from edge to edge: without axes, titles and what is said about it. */
  setSpark(on: boolean): void {
    this.#spark = on;
    setClass(this.figure, "spark", on);
  }

  /**
   * Where the plot is, in device pixels. `labels`: the widths of the widest labels of values. Room for
   * them is taken in steps and never given back, so that the plot does not move when a number grows.
   */
  plotRect(width: number, height: number, ratio: number, labels: LabelWidths): Rect {
    if (this.#spark) {
      const edge = Math.round(2 * ratio);
      return { left: 0, top: edge, width, height: Math.max(1, height - 2 * edge) };
    }
    this.#left = Math.max(this.#left, roomFor(labels.left));
    if (labels.right > 0) this.#right = Math.max(this.#right, roomFor(labels.right));
    const left = Math.round(this.#left * ratio);
    const top = Math.round(this.#above() * ratio);
    return {
      left,
      top,
      width: Math.max(1, width - left - Math.round(this.#right * ratio)),
      height: Math.max(1, height - top - Math.round(below * ratio)),
    };
  }

  #above(): number {
    const bare = this.#yTitle.textContent === "" && this.#rightTitle.textContent === "";
    return bare ? above.bare : above.titled;
  }
}

// Not `ariaLabel`, which Firefox before 119 does not know.
function setLabel(element: Element, text: string): void {
  if (element.getAttribute("aria-label") !== text) element.setAttribute("aria-label", text);
}

function roomFor(label: number): number {
  return Math.ceil((label + 12) / 8) * 8;
}
