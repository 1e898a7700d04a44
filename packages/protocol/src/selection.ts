import { PlotcastError } from "./errors.ts";
import { maxSelectors } from "./limits.ts";
import { formatSeries, parseSeries, type Series } from "./series.ts";

/**
 * What a viewer asked for: any series that one of the selectors matches.
 *
 * `key` is equal for equal selections, however they were written; viewers with equal keys form a group.
 */
export type Selection = {
  readonly key: string;
  /** Whether a series, given as canonical text, is part of the selection. */
  readonly matches: (series: string) => boolean;
};

/**
 * Parses selectors: `cpu` (that name, any labels), `cpu.*` (a glob), `cpu{host="web-*"}` (label
 * matchers; labels that are not named may have any value). `*` stands for any text, `?` for one
 * character. Throws `bad-input` for a selector that is no series text, and for too many of them.
 */
export function parseSelection(selectors: readonly string[]): Selection {
  if (selectors.length > maxSelectors) {
    throw new PlotcastError(
      "bad-input",
      `expected at most ${maxSelectors} selectors, found ${selectors.length}; a glob such as cpu.* selects many series at once`,
    );
  }
  const parsed = selectors.map(parseSeries);
  const unique = [...new Set(parsed.map(formatSeries))].sort();
  const matchers = parsed.map(matcher);
  const all = unique.includes("*");
  return {
    key: unique.join("\n"),
    // Most viewers want everything; parsing each name to find that out costs more than the rest.
    matches: (text) => all || unique.includes(text) || anyMatches(matchers, text),
  };
}

function anyMatches(matchers: ((series: Series) => boolean)[], text: string): boolean {
  const series = parseSeries(text);
  return matchers.some((matches) => matches(series));
}

function matcher(selector: Series): (series: Series) => boolean {
  return (series) =>
    globMatches(selector.name, series.name) &&
    selector.labels
      .entries()
      .every(([name, value]) => globMatches(value, series.labels.get(name) ?? ""));
}

/**
 * Whether `text` matches `glob`, in time proportional to both lengths at worst multiplied.
 *
 * By hand and not as a regular expression: selectors come from outside, and a pattern with many `*`
 * makes a backtracking matcher take minutes.
 */
export function globMatches(glob: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let retry = 0;
  for (let i = 0; i < text.length; ) {
    if (glob[at] === "*") {
      star = at++;
      retry = i;
    } else if (at < glob.length && (glob[at] === "?" || glob[at] === text[i])) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++retry;
    } else {
      return false;
    }
  }
  while (glob[at] === "*") at++;
  return at === glob.length;
}
