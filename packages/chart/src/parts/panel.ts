import { make, setText } from "../dom.ts";
import type { Layout } from "../layout.ts";

export const panelCss = `
/* Below the head, which says how the chart is and has the menu. */
.panel {
  position: absolute;
  grid-area: 2 / 1 / 4 / 2;
  inset: 0;
  z-index: 1;
  display: grid;
  grid-template-rows: auto minmax(0, 1fr) auto;
  min-block-size: 12rem;
  color: var(--ink);
  background: var(--raised);
  border: 1px solid var(--axis);
  border-radius: 6px;
  box-shadow: 0 2px 8px rgb(0 0 0 / 12%);
  overflow: hidden;
}
/* What is open lies above the charts that follow. */
:host(:focus-within) { z-index: 1; }
.panel-head, .panel-foot { display: flex; align-items: center; gap: 8px; padding: 4px 4px 4px 12px; }
.panel-foot { flex-wrap: wrap; border-block-start: 1px solid var(--grid); }
.panel-foot:empty { display: none; }
.panel-title {
  flex: 1 1 0;
  min-inline-size: 0;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
  font-weight: 600;
}
.panel-note { flex: 1 1 14rem; min-inline-size: 0; color: var(--quiet); font-size: 12px; }
.panel-body { overflow: auto; border-block-start: 1px solid var(--grid); scrollbar-width: thin; }
.button {
  min-block-size: 28px;
  min-inline-size: 28px;
  padding: 2px 8px;
  color: var(--ink);
  background: transparent;
  border: 1px solid transparent;
  border-radius: 4px;
  font: inherit;
  cursor: pointer;
}
.panel-foot .button { border-color: var(--axis); font-size: 12px; }
.button:hover { background: color-mix(in srgb, var(--quiet) 14%, transparent); }
.button:disabled { color: var(--quiet); background: transparent; cursor: default; }
.button:focus-visible, .panel-body:focus-visible { outline: 2px solid var(--ink); outline-offset: -2px; }
@media (forced-colors: active) { .button:disabled { color: GrayText; } }
`;

/**
 * A sheet over a chart that is opened on demand: a title, something that scrolls, perhaps buttons
 * below. Escape and its own button close it, and the focus goes back to where it came from.
 */
export class Panel {
  readonly element = make("section", "panel");
  readonly body = make("div", "panel-body");
  readonly foot = make("div", "panel-foot");
  readonly #title = make("div", "panel-title");
  readonly #figure: HTMLElement;
  #back: HTMLElement | undefined;

  constructor({ figure }: Layout) {
    this.#figure = figure;
    const close = makeButton("×", () => this.close());
    close.setAttribute("aria-label", "Close");
    this.element.append(make("div", "panel-head", this.#title, close), this.body, this.foot);
    this.element.setAttribute("role", "dialog");
    this.body.setAttribute("role", "region");
    this.body.tabIndex = 0;
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    });
  }

  get opened(): boolean {
    return this.element.parentNode !== null;
  }

  /** Whether somebody reads it, or is about to press something. */
  get focused(): boolean {
    return this.element.matches(":focus-within");
  }

  set title(text: string) {
    setText(this.#title, text);
    this.element.setAttribute("aria-label", text);
    this.body.setAttribute("aria-label", text);
  }

  /** `back`: where the focus goes when it is closed. */
  open(back: HTMLElement): void {
    this.#back = back;
    this.#figure.append(this.element);
    this.body.scrollTo(0, 0);
    this.body.focus({ preventScroll: true });
  }

  close(): void {
    const { focused } = this;
    this.element.remove();
    if (focused) this.#back?.focus({ preventScroll: true });
  }
}

export function makeButton(text: string, pressed: () => void): HTMLButtonElement {
  const button = make("button", "button", text);
  button.type = "button";
  button.addEventListener("click", pressed);
  return button;
}
