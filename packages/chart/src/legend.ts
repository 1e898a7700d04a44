import { make, setClass, setText } from "./dom.ts";
import { colorIndex, dashIndex, placeOf } from "./palette.ts";

/** One entry of a legend as it should be now. */
export type LegendEntry = {
  readonly series: string;
  readonly name: string;
  readonly value: string;
  /** Digits after its point: with others, values have another width. */
  readonly decimals: number;
  /** The series has been silent for too long: its value is of the past. */
  readonly stale: boolean;
};

type Item = {
  readonly root: HTMLElement;
  readonly value: HTMLElement;
  width: number;
  decimals: number;
};

/**
 * Names and last values. Its entries stand still: a value has the room of the widest it ever had, and
 * figures are all equally wide.
 */
export class Legend {
  readonly element = makeList();
  readonly #more = make("li", "legend-more");
  #items: Item[] = [];
  #key = "";

  /** `hidden`: how many series there are beyond `entries`. */
  update(entries: readonly LegendEntry[], hidden: number): void {
    const key = JSON.stringify(entries.map(({ series, name }) => [series, name]));
    if (key !== this.#key) {
      this.#key = key;
      this.#items = entries.map(makeItem);
      this.element.replaceChildren(...this.#items.map(({ root }) => root), this.#more);
      // What scrolls must be reachable with the keyboard.
      this.element.tabIndex = this.element.scrollHeight > this.element.clientHeight ? 0 : -1;
    }
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
}

function makeList(): HTMLElement {
  const list = make("ul", "legend");
  list.ariaLabel = "Series and their last values";
  return list;
}

function makeItem({ series, name }: LegendEntry): Item {
  const value = make("span", "legend-value");
  const root = make(
    "li",
    "legend-item",
    makeSwatch(series),
    make("span", "legend-name", name),
    value,
  );
  root.title = series;
  return { root, value, width: 0, decimals: 0 };
}

/** A short piece of the line of a series. */
export function makeSwatch(series: string): HTMLElement {
  const swatch = make("i", "swatch");
  const place = placeOf(series);
  swatch.classList.add(`c${colorIndex(place)}`, `d${dashIndex(place)}`);
  return swatch;
}
