/** A chart: all series of one name, which differ in their labels only. */
export type Card = { readonly name: string; readonly series: readonly string[] };

/** Charts that belong together because their names begin alike. */
export type Section = {
  /** What the names begin with; undefined for those that are alone with theirs. */
  readonly title: string | undefined;
  readonly cards: readonly Card[];
};

// "cpu2" before "cpu10". One locale for everyone: the order is part of how a page is known.
const collator = new Intl.Collator("en", { numeric: true });

/** Sorts names as people do; never equal for names that differ. */
export function compareNames(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

/**
 * Orders series into charts and charts into sections: first the names that are alone with their
 * first part (`temp`, `disk.free`), then, under a title, those that share it (`cpu.user`, `cpu.system`).
 */
export function arrangeSeries(series: Iterable<string>): Section[] {
  const parts = new Map<string, Card[]>();
  for (const card of cardsOf(series)) {
    const part = firstPart(card.name);
    const cards = parts.get(part);
    if (cards) cards.push(card);
    else parts.set(part, [card]);
  }
  const alone = [...parts.values()].filter((cards) => cards.length === 1).flat();
  const together = [...parts].filter(([, cards]) => cards.length > 1);
  return [
    ...(alone.length === 0 ? [] : [{ title: undefined, cards: alone }]),
    ...together.map(([title, cards]) => ({ title, cards })),
  ];
}

/** The first `count` charts of all sections. */
export function firstCards(sections: readonly Section[], count: number): Section[] {
  const shown: Section[] = [];
  let left = count;
  for (const { title, cards } of sections) {
    if (left <= 0) break;
    shown.push({ title, cards: cards.slice(0, left) });
    left -= cards.length;
  }
  return shown;
}

function cardsOf(series: Iterable<string>): Card[] {
  // A name has no braces, so labels begin at the first one.
  const names = Map.groupBy(series, (text) => text.split("{", 1)[0]!);
  return [...names]
    .sort(([a], [b]) => compareNames(a, b))
    .map(([name, texts]) => ({ name, series: texts.sort(compareNames) }));
}

/** `cpu` of `cpu.user` and of `cpu/user`; the whole name if nothing is before the first divider. */
function firstPart(name: string): string {
  return /^[^./]+/.exec(name)?.[0] ?? name;
}
