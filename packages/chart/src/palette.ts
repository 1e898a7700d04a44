/**
 * The colours of series, for a light and a dark page.
 *
 * Found by search: every colour keeps 3.3:1 against its backgrounds, and any two stay apart for
 * people with any of the three kinds of colour blindness; the test beside this holds both. Within a
 * chart, a colour that comes again is dashed, so colour is never the only cue.
 */
export const palette: readonly { readonly light: string; readonly dark: string }[] = [
  { light: "#4559d2", dark: "#5290fa" },
  { light: "#e75a0a", dark: "#f58d1a" },
  { light: "#10957b", dark: "#16cc91" },
  { light: "#711a4b", dark: "#b0529f" },
  { light: "#4f4606", dark: "#f3d734" },
  { light: "#aa6ae4", dark: "#dda3fa" },
  { light: "#125b7d", dark: "#8fe8f4" },
  { light: "#ab3f4a", dark: "#c94d20" },
];

/** Strokes and spaces in CSS pixels: for the first series of a colour in a chart, the second, … */
export const dashes: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [9, 3, 2, 3]];

/** Names remembered; beyond, new ones share the last place, and memory stays bounded. */
const maxNames = 10_000;
const order = new Map<string, number>();

/** The place of a series on this page, by order of appearance: the same in every chart. */
export function placeOf(series: string): number {
  let place = order.get(series);
  if (place === undefined) {
    place = Math.min(order.size, maxNames);
    if (place < maxNames) order.set(series, place);
  }
  return place;
}

/** How a series looks in a chart: which of the colours, and which of the dashes. */
export type Look = { readonly color: number; readonly dash: number };

/**
 * The looks of the series of one chart. Each has the colour that it has everywhere on the page; where
 * a colour comes again within the chart, it is dashed.
 */
export function looksOf(series: readonly string[]): Look[] {
  const used = palette.map(() => 0);
  return series.map((name) => {
    const color = placeOf(name) % palette.length;
    const dash = used[color]!++ % dashes.length;
    return { color, dash };
  });
}
