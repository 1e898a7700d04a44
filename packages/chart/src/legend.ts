import { make, setClass, setText } from "./dom.ts";
import type { Look } from "./palette.ts";

/** One entry of a legend as it should be now. */
export type LegendEntry = {
  readonly series: string;
  readonly name: string;
  readonly look: Look;
  readonly value: string;
  /** Digits after its point: with others, values have another width. */
  readonly decimals: number;
  /** The series has been silent for too long: its value is of the past. */
  readonly stale: boolean;
};

type Item = {
  readonly root: HTMLElement;
  readonly name: HTMLElement;
  readonly value: HTMLElement;
  width: number;
  decimals: number;
};

/** Values grow within this many figures, and then within this many more, before anything moves. */
const room = { least: 7, step: 3 };

/**
 * Names and last values, in columns. Its entries stand still: figures are all equally wide, a value has
 * the room of the widest it ever had, and its column more than that.
 */
export class Legend {
  readonly element = makeList();
  readonly #more = make("li", "legend-more");
  #items: Item[] = [];
  #key = "";
  #room = room.least;

  /** `hidden`: how many series there are beyond `entries`. */
  update(entries: readonly LegendEntry[], hidden: number): void {
    const key = JSON.stringify(entries.map(({ series, name, look }) => [series, name, look]));
    const longest = Math.max(...entries.map(({ value }) => value.length));
    const others = key !== this.#key;
    if (others) {
      this.#key = key;
      this.#items = entries.map(makeItem);
      this.element.replaceChildren(...this.#items.map(({ root }) => root), this.#more);
    }
    if (others || longest > this.#room) this.#makeColumns(entries, longest);
    for (const [i, { value, decimals, stale }] of entries.entries()) {
      const item = this.#items[i]!;
      setText(item.value, value);
      setClass(item.root, "stale", stale);
      if (decimals !== item.decimals) item.width = 0;
      item.decimals = decimals;
      if (value.length > item.width) {
        item.width = value.length;
        item.value.style.minWidth = `${value.length}ch`;
      }
    }
    setText(this.#more, hidden > 0 ? `and ${hidden} more: choose with series="…"` : "");
  }

  #makeColumns(entries: readonly LegendEntry[], longest: number): void {
    if (entries.length === 0) return;
    const steps = Math.max(0, Math.ceil((longest - room.least) / room.step));
    this.#room = room.least + steps * room.step;
    const widest = Math.max(...this.#items.map(({ name }) => name.scrollWidth));
    // Of what has no box nothing can be measured: letters are about as wide as figures.
    const name =
      widest > 0
        ? `${widest + 1}px`
        : `${Math.max(...entries.map((entry) => entry.name.length))}ch`;
    this.element.style.setProperty("--name", name);
    this.element.style.setProperty("--value", `${this.#room}ch`);
    // What scrolls must be reachable with the keyboard.
    this.element.tabIndex = this.element.scrollHeight > this.element.clientHeight ? 0 : -1;
  }
}

function makeList(): HTMLElement {
  const list = make("ul", "legend");
  list.ariaLabel = "Series and their last values";
  return list;
}

function makeItem({ series, name, look }: LegendEntry): Item {
  const label = make("span", "legend-name", name);
  const value = make("span", "legend-value");
  const root = make("li", "legend-item", makeSwatch(look), label, value);
  root.title = series;
  return { root, name: label, value, width: 0, decimals: 0 };
}

/** A short piece of the line of a series. */
export function makeSwatch({ color, dash }: Look): HTMLElement {
  const swatch = make("i", "swatch");
  swatch.classList.add(`c${color}`, `d${dash}`);
  return swatch;
}
