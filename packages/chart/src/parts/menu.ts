import { make, setText } from "../dom.ts";
import { csvOf } from "../export/csv.ts";
import { embedOf } from "../export/embed.ts";
import { copyText, fileName, saveFile } from "../export/file.ts";
import { pngOf } from "../export/png.ts";
import type { Part, PartHost } from "../part.ts";
import { Panel } from "./panel.ts";

/*
 * A menu button as in the ARIA Authoring Practices. Not a native popover: Firefox has those from 125
 * on only, and where they are shown would have to be computed for both.
 */

export const menuCss = `
.menu-button {
  position: absolute;
  inset: 0;
  padding: 0;
  color: var(--quiet);
  background: transparent;
  border: 1px solid transparent;
  border-radius: 4px;
  font: inherit;
  font-size: 18px;
  line-height: 1;
  cursor: pointer;
  opacity: 0;
}
.figure:is(:hover, :focus-within) .menu-button, .menu-button[aria-expanded="true"] { opacity: 1; }
.menu-button:hover { color: var(--ink); border-color: var(--axis); }
.menu-button:focus-visible, .menu-item:focus-visible { outline: 2px solid var(--ink); outline-offset: -2px; }
.menu-list {
  position: absolute;
  inset: 30px 0 auto auto;
  z-index: 2;
  inline-size: max-content;
  max-block-size: 20rem;
  padding: 4px;
  overflow-y: auto;
  color: var(--ink);
  background: var(--raised);
  border: 1px solid var(--axis);
  border-radius: 6px;
  box-shadow: 0 2px 8px rgb(0 0 0 / 12%);
}
.menu-item {
  display: block;
  inline-size: 100%;
  min-block-size: 28px;
  padding: 2px 12px;
  color: inherit;
  background: transparent;
  border: 0;
  border-radius: 4px;
  font: inherit;
  text-align: start;
  white-space: nowrap;
  cursor: pointer;
}
.menu-item:is(:hover, :focus) { background: color-mix(in srgb, var(--quiet) 14%, transparent); }
.embed { box-sizing: border-box; inline-size: 100%; block-size: 100%; min-block-size: 8rem; padding: 8px 12px; color: inherit; background: transparent; border: 0; font: 12px/1.5 ui-monospace, monospace; resize: none; }
@media (hover: none) { .menu-button { opacity: 1; } }
@media (pointer: coarse) {
  .menu-button::after { content: ""; position: absolute; inset: -8px; }
  .menu-item { min-block-size: 40px; }
}
`;

/** Something that the menu opens, and that gives the focus back when it is closed. */
export type Opened = { open(back: HTMLElement): void; close(): void };

/** What the menu offers beyond what it does itself. */
export type MenuTools = {
  readonly table: Opened;
  readonly info: Opened;
  /** The chart as an SVG file; undefined before anything is drawn. */
  readonly snapshot: () => string | undefined;
  /** The address of the script that defines `<live-chart>`. */
  readonly script: string;
};

type Item = {
  readonly text: () => string;
  /** What it returns is shown in its place; without, the menu is closed. */
  readonly run: () => string | undefined | Promise<string | undefined>;
};

const nothingYet = "Nothing is drawn yet";

/** A small button, and what can be done with a chart. */
export class Menu implements Part {
  readonly #host: PartHost;
  readonly #tools: MenuTools;
  readonly #embed: Panel;
  readonly #button = make("button", "menu-button", "⋯");
  readonly #list = make("div", "menu-list");
  readonly #spoken = make("span", "spoken");
  readonly #items: readonly Item[];
  readonly #rows: HTMLButtonElement[];

  constructor(host: PartHost, tools: MenuTools) {
    this.#host = host;
    this.#tools = tools;
    this.#embed = new Panel(host.layout);
    this.#items = this.#offer();
    this.#rows = this.#items.map((item) => this.#makeRow(item));
    this.#list.append(...this.#rows);
    this.#list.hidden = true;
    this.#list.setAttribute("role", "menu");
    this.#list.setAttribute("aria-label", "Chart");
    this.#spoken.setAttribute("role", "status");
    this.#button.type = "button";
    this.#button.setAttribute("aria-label", "Chart menu");
    this.#button.setAttribute("aria-haspopup", "menu");
    this.#button.setAttribute("aria-expanded", "false");
    host.layout.menu.replaceChildren(this.#button, this.#list, this.#spoken);
    this.#listen();
  }

  /** Nothing in it changes with the data. */
  update(): void {}

  #offer(): Item[] {
    const { viewport } = this.#host;
    const { table, info } = this.#tools;
    return [
      { text: () => (viewport.held ? "Back to live" : "Hold"), run: () => this.#holdOrFollow() },
      { text: () => "Show as table", run: () => this.#openOnly(table) },
      { text: () => "Details", run: () => this.#openOnly(info) },
      { text: () => "Save PNG", run: () => this.#savePng() },
      { text: () => "Save SVG", run: () => this.#saveSvg() },
      { text: () => "Save CSV", run: () => this.#saveCsv() },
      { text: () => "Copy embed code", run: () => this.#copyEmbed() },
    ];
  }

  #makeRow(item: Item): HTMLButtonElement {
    const row = make("button", "menu-item");
    row.type = "button";
    row.tabIndex = -1;
    row.setAttribute("role", "menuitem");
    row.addEventListener("click", () => this.#choose(item, row));
    return row;
  }

  #listen(): void {
    const { menu } = this.#host.layout;
    const { signal } = this.#host;
    this.#button.addEventListener("click", () => (this.#open ? this.#close() : this.#show(0)));
    menu.addEventListener("keydown", (event) => this.#press(event));
    // Where the focus goes, it is meant to be: it is not brought back.
    menu.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget && !menu.contains(relatedTarget as Node)) this.#hide();
    });
    const elsewhere = (event: Event) => event.composedPath().includes(menu) || this.#hide();
    document.addEventListener("pointerdown", elsewhere, { signal });
  }

  get #open(): boolean {
    return !this.#list.hidden;
  }

  #show(focused: number): void {
    for (const [i, { text }] of this.#items.entries()) setText(this.#rows[i]!, text());
    this.#list.hidden = false;
    this.#button.setAttribute("aria-expanded", "true");
    this.#rows.at(focused)?.focus();
  }

  #hide(): void {
    if (!this.#open) return;
    this.#list.hidden = true;
    this.#button.setAttribute("aria-expanded", "false");
  }

  #close(): void {
    this.#hide();
    this.#button.focus({ preventScroll: true });
  }

  #press(event: KeyboardEvent): void {
    const { key } = event;
    if (!this.#open) {
      if (key !== "ArrowDown" && key !== "ArrowUp") return;
      this.#show(key === "ArrowDown" ? 0 : -1);
    } else if (key === "Escape" || key === "Tab") {
      this.#close();
      if (key === "Tab") return; // from the button on, as if the menu were not there
    } else if (!this.#move(key)) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #move(key: string): boolean {
    const count = this.#rows.length;
    const here = this.#rows.findIndex((row) => row.matches(":focus"));
    const places: Record<string, number> = {
      ...{ ArrowDown: (here + 1) % count, ArrowUp: (here - 1 + count) % count },
      ...{ Home: 0, End: count - 1 },
    };
    const next = places[key];
    if (next === undefined) return false;
    this.#rows[next]!.focus();
    return true;
  }

  async #choose(item: Item, row: HTMLElement): Promise<void> {
    let said: string | undefined;
    try {
      said = await item.run();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      said = `That did not work: ${reason}`;
    }
    if (said === undefined) return;
    setText(row, said);
    setText(this.#spoken, said);
  }

  #holdOrFollow(): undefined {
    const { viewport, scene } = this.#host;
    const view = scene()?.frame.view;
    if (viewport.held) viewport.follow();
    else if (view) viewport.hold({ from: view.from, to: view.to });
    this.#close();
  }

  #openOnly(one: Opened): undefined {
    this.#close();
    for (const other of [this.#tools.table, this.#tools.info]) if (other !== one) other.close();
    this.#embed.close();
    one.open(this.#button);
  }

  async #savePng(): Promise<string | undefined> {
    const svg = this.#tools.snapshot();
    if (svg === undefined) return nothingYet;
    saveFile(await pngOf(svg), this.#nameOf("png"));
    this.#close();
    return undefined;
  }

  #saveSvg(): string | undefined {
    const svg = this.#tools.snapshot();
    if (svg === undefined) return nothingYet;
    saveFile(new Blob([svg], { type: "image/svg+xml" }), this.#nameOf("svg"));
    this.#close();
    return undefined;
  }

  #saveCsv(): string | undefined {
    const scene = this.#host.scene();
    if (!scene) return nothingYet;
    const text = csvOf(scene, this.#host.options().language.zone);
    // The mark in front tells spreadsheets that this is UTF-8; units have degrees and Greek letters.
    saveFile(new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }), this.#nameOf("csv"));
    this.#close();
    return undefined;
  }

  #nameOf(extension: string): string {
    const { scene, options } = this.#host;
    return fileName(options().title, scene()?.frame.view.to ?? Date.now(), extension);
  }

  async #copyEmbed(): Promise<string | undefined> {
    const { element } = this.#host;
    const text = embedOf(element, this.#tools.script, document.baseURI);
    if (await copyText(text)) return "Copied";
    this.#close();
    this.#showEmbed(text);
    return undefined;
  }

  /** Where the clipboard is closed to us, it is not to the reader. */
  #showEmbed(text: string): void {
    const area = make("textarea", "embed");
    area.value = text;
    area.readOnly = true;
    area.setAttribute("aria-label", "Embed code");
    this.#embed.title = "Embed code";
    this.#embed.body.replaceChildren(area);
    this.#embed.open(this.#button);
    area.focus();
    area.select();
  }
}

export function createMenu(host: PartHost, tools: MenuTools): Menu {
  return new Menu(host, tools);
}
