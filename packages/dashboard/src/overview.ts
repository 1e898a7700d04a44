import { pageHref, streamPath } from "./address.ts";
import { element, setAttributes, setChildren, setText } from "./dom.ts";
import { readersLocale } from "./locale.ts";
import { arrangeSeries, type Card, firstCards, type Section } from "./sections.ts";
import type { SharedView } from "./shared-view.ts";
import type { View } from "./span.ts";

/** Each chart costs memory and drawing; nobody compares more, and the rest is one click away. */
const cardsAtOnce = 120;

type CardParts = { readonly root: HTMLElement; readonly show: (card: Card, view: View) => void };
type SectionParts = { readonly root: HTMLElement; readonly grid: HTMLElement };

/**
 * All series as small charts. What is on the page stays the same elements when series come, so that
 * no chart starts over. What one of them is held at, and its crosshair, all share.
 */
export function createOverview(held: SharedView) {
  const root = element("div", { class: "overview" });
  const more = element("button", { type: "button", class: "more" });
  const cards = new Map<string, CardParts>();
  const sections = new Map<string | undefined, SectionParts>();
  let limit = cardsAtOnce;

  function show(series: ReadonlySet<string>, view: View): void {
    const all = arrangeSeries(series);
    const shown = firstCards(all, limit);
    forgetOthers(
      cards,
      new Set(shown.flatMap((section) => section.cards.map((card) => card.name))),
    );
    forgetOthers(sections, new Set(shown.map((section) => section.title)));
    const parts = shown.map((section) => showSection(section, view));
    const hidden = countCards(all) - countCards(shown);
    setChildren(root, [...parts, ...(hidden > 0 ? [more] : [])]);
    setText(more, `Show ${Math.min(hidden, cardsAtOnce)} more of ${hidden}`);
    more.onclick = () => {
      limit += cardsAtOnce;
      show(series, view);
    };
  }

  function showSection(section: Section, view: View): HTMLElement {
    const { root, grid } = obtain(sections, section.title, createSection);
    const roots = section.cards.map((card) => {
      const parts = obtain(cards, card.name, (name) => createCard(name, held));
      parts.show(card, view);
      return parts.root;
    });
    setChildren(grid, roots);
    return root;
  }

  return { element: root, show };
}

function createSection(title: string | undefined): SectionParts {
  const grid = element("div", { class: "grid" });
  // Even where nobody sees it, so that no level of headings is left out.
  const heading = element(
    "h2",
    { class: title === undefined ? "unseen" : undefined },
    title ?? "Series",
  );
  return { root: element("section", {}, heading, grid), grid };
}

function createCard(name: string, held: SharedView): CardParts {
  const link = element("a", { title: name }, name);
  const count = element("span", { class: "quiet" });
  const chart = document.createElement("live-chart");
  setAttributes(chart, { sync: "overview", locale: readersLocale() });
  held.begin(chart);
  const heading = element("h3", {}, link);
  const root = element("article", { class: "card" }, element("header", {}, heading, count), chart);
  return {
    root,
    show: ({ series }, { span, shown }) => {
      setAttributes(link, { href: pageHref({ selector: name, span }) });
      setText(count, series.length > 1 ? `${series.length} series` : "");
      root.classList.toggle("alone", series.length === 1);
      setAttributes(chart, {
        src: streamPath({ span }),
        series: `"${name}"`, // as it is, also with `,` and `*` in it
        span: shown,
      });
    },
  };
}

function obtain<Key, Value>(map: Map<Key, Value>, key: Key, create: (key: Key) => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = create(key);
  map.set(key, made);
  return made;
}

function forgetOthers<Key>(map: Map<Key, unknown>, kept: ReadonlySet<Key>): void {
  for (const key of map.keys()) if (!kept.has(key)) map.delete(key);
}

function countCards(sections: readonly Section[]): number {
  return sections.reduce((sum, { cards }) => sum + cards.length, 0);
}
