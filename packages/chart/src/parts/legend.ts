import { make, setClass, setText } from "../dom.ts";
import type { Look } from "../palette.ts";
import type { PartHost } from "../part.ts";
import type { SceneSeries } from "../scene.ts";

/** One entry of a legend. */
export type LegendSeries = Pick<
  SceneSeries,
  "series" | "name" | "look" | "track" | "ring" | "off" | "text" | "figures"
>;

/** Where the legend is, CSS pixels, and when, our clock; `hidden`: how many more series there are. */
export type LegendSurroundings = {
  readonly width: number;
  readonly now: number;
  readonly hidden: number;
};

type Item = {
  readonly series: string;
  readonly root: HTMLElement;
  readonly button: HTMLElement;
  readonly name: HTMLElement;
  /** Of `figures`. */
  readonly values: readonly HTMLElement[];
  width: number;
};

/** Values grow within this many figures, and then within this many more, before anything moves. */
const room = { least: 7, step: 3 };
const figures = ["last", "min", "max", "mean"] as const;
/** Where least, largest and mean value are shown as well: what has more rows would hide names. */
const stats = { most: 8, width: 560, rows: 3 };
/** CSS pixels, as in the style sheet: of a figure, about; of a name at most; of all else in an entry. */
const size = { figure: 7, letter: 9, name: 196, swatch: 29, label: 44, gap: 20 };
const wideLetters = /[%‰@mwµ–€\p{Lu}]|[\u0370-\u10ff]/gu;
const fullLetters = /[\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff\uff00-\uff60]/g;
/** Nothing is called stale earlier: senders pause for breath. */
const patienceMs = 5000;

/**
 * Names and values, in columns. Its entries stand still: figures are all equally wide, a value has
 * the room of the widest it ever had, and its column more than that. A click shows a series alone.
 */
export class Legend {
  readonly element = make("ul", "legend");
  readonly #more = make("li", "legend-more");
  readonly #host: Pick<PartHost, "off" | "setOff">;
  #items: readonly Item[] = [];
  #key = "";
  #room = room.least;
  /** The longest text that there was, in figures. */
  #longest = 0;
  /** The widest name, CSS pixels. */
  #widest = 0;

  constructor(host: Pick<PartHost, "off" | "setOff">) {
    this.#host = host;
    this.element.setAttribute("aria-label", "Series and their values");
    this.element.addEventListener("click", (event) => this.#choose(event));
    // A click that a key has made knows of no other keys in Firefox.
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !toggles(event)) return;
      event.preventDefault();
      this.#choose(event);
    });
  }

  update(entries: readonly LegendSeries[], { width, now, hidden }: LegendSurroundings): void {
    const key = JSON.stringify(entries.map(({ series, name, look }) => [series, name, look]));
    const others = key !== this.#key;
    if (others) this.#build(entries, key);
    const inFull = this.#hasRoomForStats(entries.length, width);
    setClass(this.element, "stats", inFull);
    let longest = 0;
    for (const [i, entry] of entries.entries()) {
      longest = Math.max(longest, this.#fill(this.#items[i]!, entry, inFull, now));
    }
    if (longest > this.#longest) {
      this.#longest = longest;
      this.element.style.setProperty("--all", `${longest}ch`);
    }
    if (longest > this.#room) this.#widen(longest);
    setText(this.#more, hidden > 0 ? `and ${hidden} more: choose with series="…"` : "");
  }

  #build(entries: readonly LegendSeries[], key: string): void {
    this.#key = key;
    const focused = this.#items.find(({ button }) => button.matches(":focus"))?.series;
    this.#items = entries.map(makeItem);
    this.element.replaceChildren(...this.#items.map(({ root }) => root), this.#more);
    this.#items.find(({ series }) => series === focused)?.button.focus({ preventScroll: true });
    const widest = Math.max(0, ...this.#items.map(({ name }) => name.scrollWidth));
    const letters = Math.max(0, ...entries.map(({ name }) => name.length));
    // Of what has no box nothing can be measured: few letters are wider than this.
    this.#widest = widest || letters * size.letter;
    this.element.style.setProperty("--name", `${this.#widest + 1}px`);
    this.#widen(room.least);
    this.#longest = 0;
  }

  #widen(longest: number): void {
    const steps = Math.ceil((longest - room.least) / room.step);
    this.#room = room.least + steps * room.step;
    this.element.style.setProperty("--value", `${this.#room}ch`);
  }

  /** How long the longest text is. */
  #fill(item: Item, entry: LegendSeries, inFull: boolean, now: number): number {
    const { off, figures: told, ring, track, text } = entry;
    const last = off ? (ring.values.at(-1) ?? Number.NaN) : told.last;
    setClass(item.root, "off", off);
    setClass(item.root, "stale", now - track.seenAt > Math.max(ring.cadence.silenceMs, patienceMs));
    const pressed = String(!off);
    if (item.button.getAttribute("aria-pressed") !== pressed) {
      item.button.setAttribute("aria-pressed", pressed);
    }
    let longest = 0;
    for (const [i, name] of figures.entries()) {
      if (i > 0 && !inFull) break;
      const value = i === 0 ? last : off ? Number.NaN : told[name];
      const written = Number.isFinite(value) ? text(value) : "–";
      setText(item.values[i]!, written);
      longest = Math.max(longest, roomOf(written));
    }
    if (longest > item.width) {
      item.width = longest;
      item.root.style.setProperty("--figures", `${longest}ch`);
    }
    return longest;
  }

  #hasRoomForStats(count: number, width: number): boolean {
    if (count === 0 || count > stats.most || width < stats.width) return false;
    const figuresWidth = figures.length * this.#room * size.figure + 3 * size.label;
    const entry = size.swatch + Math.min(this.#widest, size.name) + figuresWidth + size.gap;
    return Math.floor((width + size.gap) / entry) * stats.rows >= count;
  }

  #choose(event: MouseEvent | KeyboardEvent): void {
    const item = this.#items.find(({ root }) => root.contains(event.target as Node));
    if (!item) return;
    const all = this.#items.map(({ series }) => series);
    this.#host.setOff(offAfter(all, this.#host.off, item.series, toggles(event)));
  }
}

/** How many figures wide a text is, at most: some letters are wider than figures, some twice as wide. */
function roomOf(text: string): number {
  const wide = text.match(wideLetters)?.length ?? 0;
  const full = text.match(fullLetters)?.length ?? 0;
  return text.length + Math.ceil(wide / 2) + full;
}

function toggles({ ctrlKey, metaKey, shiftKey }: MouseEvent | KeyboardEvent): boolean {
  return ctrlKey || metaKey || shiftKey;
}

/**
 * Which series are off after one was chosen: all others; with `toggles`, this one or no longer this
 * one. Chosen alone as it is already, none: nobody wants to look at an empty chart.
 */
export function offAfter(
  all: readonly string[],
  off: ReadonlySet<string>,
  chosen: string,
  toggles: boolean,
): Set<string> {
  const isAlone = all.every((series) => off.has(series) === (series !== chosen));
  if (isAlone) return new Set();
  if (!toggles) return new Set(all.filter((series) => series !== chosen));
  const others = [...off].filter((series) => series !== chosen);
  return new Set(off.has(chosen) ? others : [...others, chosen]);
}

function makeItem({ series, name, look }: LegendSeries): Item {
  const label = make("span", "legend-name", name);
  const button = make("button", "legend-button", makeSwatch(look), label);
  button.type = "button";
  const values = figures.map(() => make("span", "legend-value"));
  const cells = values.map((value, i) =>
    i === 0 ? value : make("span", "legend-stat", figures[i]!, value),
  );
  const root = make("li", "legend-item", button, ...cells);
  root.title = `${series}\nClick to show it alone, with Ctrl or Shift to switch it off or on`;
  return { series, root, button, name: label, values, width: 0 };
}

/** A short piece of the line of a series. */
export function makeSwatch({ color, dash }: Look): HTMLElement {
  const swatch = make("i", "swatch");
  swatch.classList.add(`c${color}`, `d${dash}`);
  return swatch;
}

export const legendCss = `
.legend {
  --room: calc(28px + min(28ch, var(--name, 12ch)) + var(--value, 7ch));
  display: grid;
  grid-template-columns: repeat(auto-fill, min(100%, var(--room)));
  gap: 4px 20px;
  min-block-size: 24px;
  /* Three rows and a half: that there is more below must be seen. */
  max-block-size: 86px;
  margin: 0;
  padding: 4px 0 0;
  overflow-y: auto;
  scrollbar-width: thin;
  list-style: none;
  font-size: 12px;
  line-height: 20px;
}
.legend.stats { --room: calc(29px + min(28ch, var(--name, 12ch)) + 4 * var(--value, 7ch) + 3 * 44px); }
.legend-item { display: flex; align-items: center; gap: 6px; min-inline-size: 0; cursor: pointer; }
.legend-button {
  display: flex;
  align-items: center;
  gap: 6px;
  min-inline-size: 0;
  max-inline-size: calc(28ch + 22px);
  padding: 0;
  border: 0;
  color: var(--quiet);
  background: none;
  font: inherit;
  cursor: inherit;
}
.legend-item:hover .legend-button { color: var(--ink); }
.legend-button:focus-visible { outline: 2px solid var(--ink); outline-offset: -1px; border-radius: 2px; }
.legend-name { min-inline-size: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.legend-value { flex: none; inline-size: var(--figures, 0); block-size: 20px; contain: layout size style; text-align: end; white-space: nowrap; }
.legend.stats .legend-button { inline-size: calc(23px + min(28ch, var(--name, 12ch))); }
.legend.stats .legend-value { min-inline-size: var(--all, 0); }
.legend-stat { display: none; gap: 4px; margin-inline-start: 6px; color: var(--quiet); }
.legend.stats .legend-stat { display: flex; }
/* Next to its name, which would else seem to be that of the value before. */
.legend-stat .legend-value { color: var(--ink); text-align: start; }
.legend-item.stale .legend-value { color: var(--quiet); font-style: italic; }
.legend-item.off .legend-value { color: var(--quiet); }
.legend-item.off .legend-name { text-decoration: line-through; }
.legend-item.off .swatch { opacity: 0.35; }
.legend-more { grid-column: 1 / -1; color: var(--quiet); }
.legend-more:empty { display: none; }
`;
