import { make, setText } from "../dom.ts";
import { type Column, cellOf, type Row, Rows } from "../export/rows.ts";
import type { Part, PartHost } from "../part.ts";
import type { Scene } from "../scene.ts";
import { timeTitle } from "../text/zone-name.ts";
import { makeButton, Panel } from "./panel.ts";

export const tableCss = `
.table { border-collapse: collapse; inline-size: 100%; font-size: 12px; line-height: 18px; }
.table caption { padding: 6px 12px; color: var(--quiet); text-align: start; }
.table th, .table td { padding: 2px 12px; text-align: end; white-space: nowrap; font-weight: 400; }
.table :is(th, td):first-child { text-align: start; }
.table thead th {
  position: sticky;
  inset-block-start: 0;
  background: var(--raised);
  box-shadow: inset 0 -1px var(--axis);
  font-weight: 600;
}
.table tbody tr { border-block-start: 1px solid var(--grid); }
.table .table-gap { color: var(--quiet); text-align: start; white-space: normal; }
`;

/** Rows of one page: as many as a browser lays out at once without anyone noticing. */
const pageRows = 100;
/** Rows that change faster cannot be read. */
const beatMs = 1000;

/**
 * What is drawn in view as a table, newest first, in pages. It follows the chart, but not while
 * somebody is in it or has gone to older pages: rows must not move under who reads them.
 */
export class DataTable implements Part {
  readonly #host: PartHost;
  readonly #panel: Panel;
  readonly #table = make("table", "table");
  readonly #caption = make("caption", "table-caption");
  readonly #head = make("thead", "table-head");
  readonly #body = make("tbody", "table-body");
  readonly #note = make("span", "panel-note");
  readonly #spoken = make("span", "spoken");
  readonly #newest = makeButton("Newest", () => this.#renew());
  readonly #newer = makeButton("Newer", () => this.#turn(-1));
  readonly #older = makeButton("Older", () => this.#turn(1));
  #rows: Rows | undefined;
  #page = 0;
  #shownAt = Number.NEGATIVE_INFINITY;
  #asOf = 0;

  constructor(host: PartHost) {
    this.#host = host;
    this.#panel = new Panel(host.layout);
    this.#table.append(this.#caption, this.#head, this.#body);
    this.#panel.body.append(this.#table);
    this.#spoken.setAttribute("role", "status");
    this.#panel.foot.append(this.#note, this.#spoken, this.#newest, this.#newer, this.#older);
  }

  /** `back`: where the focus goes when it is closed. */
  open(back: HTMLElement): void {
    const { title } = this.#host.options();
    this.#panel.title = title === "" ? "Data table" : `${title}: data table`;
    this.#toNewest();
    this.#panel.open(back);
  }

  close(): void {
    this.#panel.close();
  }

  update(scene: Scene): void {
    if (!this.#panel.opened || this.#page > 0 || this.#panel.focused) return;
    if (Math.abs(scene.now - this.#shownAt) >= beatMs) this.#take(scene);
  }

  #toNewest(): void {
    this.#page = 0;
    this.#panel.body.scrollTo(0, 0);
    const scene = this.#host.scene();
    if (scene) this.#take(scene);
  }

  #renew(): void {
    this.#toNewest();
    this.#spoken.textContent = this.#caption.textContent;
  }

  #turn(by: number): void {
    this.#page += by;
    this.#panel.body.scrollTo(0, 0);
    this.#show();
    this.#spoken.textContent = this.#note.textContent;
    // A button that cannot be pressed any more loses the focus, and with it the place in the page.
    if ((by > 0 ? this.#older : this.#newer).disabled) this.#panel.body.focus();
  }

  #take(scene: Scene): void {
    this.#shownAt = scene.now;
    this.#asOf = scene.frame.view.to;
    this.#rows = new Rows(scene);
    this.#show();
  }

  #show(): void {
    const rows = this.#rows;
    const scene = this.#host.scene();
    if (!rows || !scene) return;
    const { zone } = this.#host.options().language;
    const pages = Math.max(1, Math.ceil(rows.length / pageRows));
    this.#page = Math.min(this.#page, pages - 1);
    setText(this.#caption, captionOf(rows));
    setText(this.#note, `Page ${this.#page + 1} of ${pages}, as of ${scene.moment(this.#asOf)}`);
    this.#newer.disabled = this.#page === 0;
    this.#older.disabled = this.#page === pages - 1;
    this.#head.replaceChildren(headOf(rows.columns, timeTitle(zone, true)));
    const shown = newestFirst(rows, this.#page);
    this.#body.replaceChildren(...shown.map((row) => lineOf(row, rows.columns, scene.moment)));
  }
}

export function createTable(host: PartHost): DataTable {
  return new DataTable(host);
}

/** The rows of a page, the newest first. */
export function newestFirst(rows: Rows, page: number): Row[] {
  const last = rows.length - 1 - page * pageRows;
  const count = Math.max(0, Math.min(pageRows, last + 1));
  return Array.from({ length: count }, (_, i) => rows.at(last - i));
}

/** What is in the table, and what of it is not all there is. */
export function captionOf({ length, columns }: Rows): string {
  const dense = columns.filter(({ exact }) => !exact).map(({ entry }) => entry.name);
  const all = columns.length === dense.length ? "" : ` of ${dense.join(", ")}`;
  const only =
    dense.length === 0 ? "" : ` There are more samples${all} than are drawn: these are extremes.`;
  return `What is drawn, newest first: ${length} ${length === 1 ? "row" : "rows"}.${only}`;
}

function headOf(columns: readonly Column[], time: string): HTMLElement {
  const names = [time, ...columns.map(({ entry }) => entry.name)];
  const cells = names.map((name) => {
    const cell = make("th", "table-name", name);
    cell.scope = "col";
    return cell;
  });
  return make("tr", "table-row", ...cells);
}

function lineOf(row: Row, columns: readonly Column[], moment: (time: number) => string) {
  const header = make("th", "table-time");
  header.scope = "row";
  if ("band" in row) {
    const { from, to, text } = row.band;
    header.append(moment(from));
    const reason = make("td", "table-gap", `until ${moment(to)}: ${text}`);
    reason.colSpan = Math.max(1, columns.length);
    return make("tr", "table-row", header, reason);
  }
  header.append(moment(row.time));
  const cells = columns.map((column) => {
    const value = cellOf(column, row.time);
    const text = value === undefined ? "" : Number.isNaN(value) ? "–" : column.entry.text(value);
    return make("td", "table-value", text);
  });
  return make("tr", "table-row", header, ...cells);
}
