/** Something in the input that could not be taken, and why: one plain sentence. */
export type Rejection = { readonly line: number; readonly reason: string };

/** How a rejection is shown to people, everywhere: `line 3: expected a number for "cpu", found "n/a"`. */
export function formatRejection({ line, reason }: Rejection): string {
  return `line ${line}: ${reason}`;
}

/** The sentence for text where a number belongs. Without a name: for a number that has none. */
export function expectedNumber(name: string | undefined, text: string): string {
  // Digits and still no number: it has overflowed float64.
  const what = /^[+-]?[\d.]+e[+-]?\d+$/i.test(text) ? "a number below 1.8e308" : "a number";
  return `expected ${what}${name === undefined ? "" : ` for ${quote(name)}`}, found ${found(text)}`;
}

export function expectedTime(key: string, text: string): string {
  return `expected a time for ${quote(key)} (ISO 8601 or Unix), found ${found(text)}`;
}

/** What was found, quoted. Cut, so that a message never becomes as large as what it complains about. */
export function found(text: string): string {
  return text === "" ? "nothing" : quote(text);
}

const maxQuoted = 40;

export function quote(text: string): string {
  return JSON.stringify(text.length > maxQuoted ? `${text.slice(0, maxQuoted)}…` : text);
}
