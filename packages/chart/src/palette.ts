/**
 * The colours of series, for a light and a dark page.
 *
 * Found by search: every colour keeps 3.3:1 against its backgrounds, and any two stay apart for
 * people with any of the three kinds of colour blindness; the test beside this holds both. What
 * comes after the eighth begins again with another dash, so colour is never the only cue.
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

/** Strokes and spaces in CSS pixels, for the first eight series, the second eight, and so on. */
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

/** Which of the colours a place has. */
export function colorIndex(place: number): number {
  return place % palette.length;
}

/** Which of the dashes a place has. */
export function dashIndex(place: number): number {
  return Math.floor(place / palette.length) % dashes.length;
}
