import { type Columns, PlotcastError } from "@plotcast/protocol";
import type { LiveChartAttributes } from "./attributes.ts";

/** What a server knows of a chart before a browser has run anything. */
export type Shell = {
  readonly attributes: LiveChartAttributes & { readonly [name: string]: unknown };
  /** By the name that is to stand above each column. */
  readonly columns?: ReadonlyMap<string, Columns>;
  /** Of the table; without it the title of the chart. */
  readonly caption?: string;
  /** For the style sheet of the table, where the page's policy asks for one. */
  readonly nonce?: string;
};

/** More is not read before the chart is there, and all of it is sent with every page. */
const most = { rows: 100, columns: 20 };

// As high as the chart that takes its place: nothing on the page moves.
const shellCss = `
:host { display: block; block-size: var(--plotcast-height, 16rem); overflow: auto; }
:host([hidden]) { display: none; }
table {
  border-collapse: collapse;
  font: 13px/1.4 var(--plotcast-font, system-ui, sans-serif);
  font-variant-numeric: tabular-nums;
}
caption { font-weight: 600; padding-block: 4px; text-align: start; }
th, td { padding: 2px 16px 2px 0; text-align: end; white-space: nowrap; }
th:first-child, td:first-child { text-align: start; }
`;

/**
 * The HTML of a `<live-chart>` that shows a table of these samples until its script has run, or
 * without one: a declarative shadow root, which the element takes over. Times are in the zone of the
 * `zone` attribute, or UTC. Throws `bad-input` for a name that cannot be an attribute.
 */
export function renderShell({ attributes, columns = new Map(), caption, nonce }: Shell): string {
  const style = nonce === undefined ? "" : ` nonce="${escapeHtml(nonce)}"`;
  const title = caption ?? textOf(attributes.title);
  return [
    `<live-chart${attributeText(attributes)}><template shadowrootmode="open">`,
    `<style${style}>${shellCss}</style>`,
    tableOf(columns, title, languageOf(attributes)),
    "</template></live-chart>",
  ].join("");
}

type Language = { readonly locale: string | undefined; readonly zone: string };

function tableOf(columns: ReadonlyMap<string, Columns>, title: string, language: Language): string {
  const shown = [...columns].slice(0, most.columns);
  const rows = rowsOf(shown.map(([, column]) => column));
  if (rows.length === 0) return `<p>${escapeHtml(title)}</p>`;
  const head = ["Time", ...shown.map(([name]) => name)];
  const heads = head.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join("");
  const times = timeFormat(rows, language);
  const values = new Intl.NumberFormat(language.locale, { maximumSignificantDigits: 17 });
  const cell = (value: number | undefined) =>
    value === undefined || Number.isNaN(value) ? "<td></td>" : `<td>${values.format(value)}</td>`;
  const body = rows.map(([time, row]) => {
    const at = new Date(time);
    const moment = `<time datetime="${at.toISOString()}">${escapeHtml(times.format(at))}</time>`;
    return `<tr><td>${moment}</td>${shown.map((_, i) => cell(row[i])).join("")}</tr>`;
  });
  const left = columns.size - shown.length;
  const more = left > 0 ? ` (${shown.length} of ${columns.size} series)` : "";
  return [
    `<table part="table"><caption>${escapeHtml(title + more)}</caption>`,
    `<thead><tr>${heads}</tr></thead><tbody>${body.join("")}</tbody></table>`,
  ].join("");
}

/** The newest times of all columns, the newest last, each with the values at it. */
function rowsOf(columns: readonly Columns[]): [time: number, values: number[]][] {
  const rows = new Map<number, number[]>();
  for (const [i, { times, values }] of columns.entries()) {
    for (let at = Math.max(0, times.length - most.rows); at < times.length; at++) {
      const time = times[at]!;
      if (Number.isNaN(new Date(time).getTime())) continue; // nothing that a calendar has
      const row = rows.get(time) ?? [];
      row[i] = values[at] ?? Number.NaN;
      rows.set(time, row);
    }
  }
  return [...rows].sort(([a], [b]) => a - b).slice(-most.rows);
}

function timeFormat(rows: readonly [number, unknown][], { locale, zone }: Language) {
  const fine = rows.some(([time]) => time % 1000 !== 0);
  return new Intl.DateTimeFormat(locale, {
    ...{ year: "numeric", month: "short", day: "numeric" },
    ...{ hour: "numeric", minute: "2-digit", second: "2-digit" },
    ...(fine ? { fractionalSecondDigits: 3 } : {}),
    ...{ timeZone: zone, timeZoneName: "short" },
  });
}

// The chart itself says what is wrong with an attribute; here it counts as absent.
function languageOf({ locale, zone }: LiveChartAttributes): Language {
  const zoneText = textOf(zone).trim();
  return {
    locale: isKnown((tag) => new Intl.Locale(tag), textOf(locale)) ?? "en",
    zone: isKnown((timeZone) => new Intl.DateTimeFormat("en", { timeZone }), zoneText) ?? "UTC",
  };
}

function isKnown(make: (text: string) => unknown, text: string): string | undefined {
  try {
    make(text);
    return text;
  } catch {
    return undefined;
  }
}

function attributeText(attributes: Shell["attributes"]): string {
  return Object.entries(attributes)
    .filter(([, value]) => value !== undefined && value !== null && value !== false)
    .map(([name, value]) => {
      // A name from outside must not end the tag, nor bring a script.
      if (!/^[a-z][a-z0-9_.:-]*$/i.test(name) || /^on/i.test(name)) {
        const found = JSON.stringify(name.slice(0, 40));
        throw new PlotcastError(
          "bad-input",
          `cannot render attribute ${found}: not a name for one`,
        );
      }
      return value === true ? ` ${name}` : ` ${name}="${escapeHtml(textOf(value))}"`;
    })
    .join("");
}

function textOf(value: unknown): string {
  return value === undefined || value === null || typeof value === "boolean" ? "" : String(value);
}

const escapes: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => escapes[char]!);
}
