import { make, setClass, setText } from "./dom.ts";
import type { Rect } from "./renderer.ts";
import type { Chip, Message } from "./status.ts";

/** Space around the plot in CSS pixels; on the left there is what the labels of y need. */
const above = { bare: 8, titled: 24 };
const below = 30;
const right = 16;
/** Enough for `-1,000`, so that most charts on a page begin at the same place, and stay there. */
const leastLeft = 48;

/** The parts of a chart that are always there, in one grid that no text can shift. */
export class Layout {
  readonly title = make("figcaption", "title");
  readonly plot = make("div", "plot");
  /** Where the renderer draws. */
  readonly canvas = make("div", "canvas");
  readonly figure: HTMLElement;
  readonly #note = make("span", "note");
  readonly #chip = make("span", "chip");
  readonly #xTitle = make("div", "axis-title x-title", "Time");
  readonly #yTitle = make("div", "axis-title y-title");
  readonly #message = make("div", "message");
  readonly #messageTitle = make("div", "message-title");
  readonly #messageDetail = make("div", "message-detail");
  readonly #spoken = make("p", "spoken");
  #left = leastLeft;

  constructor(legend: HTMLElement) {
    this.canvas.role = "img";
    this.#spoken.role = "status";
    this.#message.append(this.#messageTitle, this.#messageDetail);
    this.#message.hidden = true;
    this.plot.append(this.canvas, this.#yTitle, this.#xTitle, this.#message);
    const head = make("div", "head", this.title, this.#note, this.#chip);
    this.figure = make("figure", "figure", head, this.plot, legend, this.#spoken);
    // The host may have a title, which we show; browsers would show it as a tooltip as well.
    this.figure.title = "";
  }

  setTitles(title: string, yTitle: string, description: string): void {
    setText(this.title, title);
    setText(this.#yTitle, yTitle);
    if (this.canvas.ariaLabel !== description) this.canvas.ariaLabel = description;
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
    return this.#left - 34;
  }

  get roomRight(): number {
    return right;
  }

  /**
   * Where the plot is, in device pixels. `labels`: the width of the widest label of y. Room for it is
   * taken in steps and never given back, so that the plot does not move when a number grows.
   */
  plotRect(width: number, height: number, ratio: number, labels: number): Rect {
    this.#left = Math.max(this.#left, Math.ceil((labels + 12) / 8) * 8);
    const left = Math.round(this.#left * ratio);
    const top = Math.round(this.#above() * ratio);
    return {
      left,
      top,
      width: Math.max(1, width - left - Math.round(right * ratio)),
      height: Math.max(1, height - top - Math.round(below * ratio)),
    };
  }

  #above(): number {
    return this.#yTitle.textContent === "" ? above.bare : above.titled;
  }
}
