import { PlotcastError } from "./errors.ts";
import { maxLabelNameLength, maxLabels, maxLabelValueLength, maxNameLength } from "./limits.ts";

/** What a series is called: a name, and labels in the order of their names. */
export type Series = {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
};

const labelName = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
const labelPart = /\s*([^=!{},"\s]+)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(,|$)/suy;

/**
 * Parses `cpu_usage` or `cpu_usage{host="a",cpu="0"}`.
 *
 * Throws `bad-input` with a sentence that says what was found and what was expected. A name is any
 * printable text without braces, quotes and backslashes; a label value is any text, with `\"`, `\\`
 * and `\n` escaped as in Prometheus' text format.
 */
export function parseSeries(text: string): Series {
  const brace = text.indexOf("{");
  const name = (brace < 0 ? text : text.slice(0, brace)).trim();
  checkName(name);
  if (brace < 0) return { name, labels: new Map() };
  const trimmed = text.trimEnd();
  if (!trimmed.endsWith("}")) throw bad(`expected "}" at the end of ${quote(text)}`);
  return { name, labels: parseLabels(trimmed.slice(brace + 1, -1), text) };
}

/** The canonical text of a series: labels sorted by name, so that equal series have equal texts. */
export function formatSeries({ name, labels }: Series): string {
  if (labels.size === 0) return name;
  const sorted = [...labels].sort(([a], [b]) => (a < b ? -1 : 1));
  return `${name}{${sorted.map(([key, value]) => `${key}="${escapeValue(value)}"`).join(",")}}`;
}

/** The canonical form of whatever a person wrote. Throws as `parseSeries` does. */
export function canonicalSeries(text: string): string {
  return formatSeries(parseSeries(text));
}

function checkName(name: string): void {
  if (name === "") throw bad("expected a series name, found nothing");
  if (name.length > maxNameLength) {
    throw bad(
      `expected a series name of at most ${maxNameLength} characters, found ${name.length}`,
    );
  }
  // Control characters would break lines of text formats; the others end a name in a selector.
  const wrong =
    /[\p{Cc}\p{Zl}\p{Zp}{}"\\]/u.exec(name) ?? (name.isWellFormed() ? null : ["\ufffd"]);
  if (wrong) throw bad(`expected a series name without ${quote(wrong[0])}, found ${quote(name)}`);
}

function parseLabels(inside: string, whole: string): Map<string, string> {
  const labels = new Map<string, string>();
  labelPart.lastIndex = 0;
  let rest = inside.trim() === "" ? inside.length : 0;
  while (rest < inside.length) {
    labelPart.lastIndex = rest;
    const match = labelPart.exec(inside);
    if (!match) throw bad(`expected labels as name="value", found ${quote(inside.slice(rest))}`);
    addLabel(labels, match[1]!, unescapeValue(match[2]!), whole);
    rest = labelPart.lastIndex;
  }
  return labels;
}

function addLabel(labels: Map<string, string>, key: string, value: string, whole: string): void {
  if (!labelName.test(key) || key.length > maxLabelNameLength) {
    throw bad(`expected a label name of letters, digits, "_", "." or "-", found ${quote(key)}`);
  }
  if (labels.has(key))
    throw bad(`expected each label once, found ${quote(key)} twice in ${quote(whole)}`);
  if (value.length > maxLabelValueLength || !value.isWellFormed()) {
    throw bad(
      `expected a value of at most ${maxLabelValueLength} characters for label ${quote(key)}, found ${value.length}`,
    );
  }
  if (labels.size === maxLabels)
    throw bad(`expected at most ${maxLabels} labels in ${quote(whole)}`);
  // A label without a value says nothing; Prometheus treats it as absent, and so do we.
  if (value !== "") labels.set(key, value);
}

function escapeValue(value: string): string {
  return value.replace(/[\\"\n]/g, (found) => (found === "\n" ? "\\n" : `\\${found}`));
}

function unescapeValue(value: string): string {
  return value.replace(/\\(.)/gsu, (_, found: string) => (found === "n" ? "\n" : found));
}

function bad(message: string): PlotcastError {
  return new PlotcastError("bad-input", message);
}

// Long input is cut so that an error message never becomes as large as what it complains about.
function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
