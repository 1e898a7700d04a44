import { make, setText } from "../dom.ts";
import type { CreatePart } from "../part.ts";

export const backToLiveCss = `
.back-to-live {
  display: flex;
  align-items: center;
  gap: 4px;
  min-block-size: 32px;
  padding: 4px 12px;
  color: var(--ink);
  background: var(--raised);
  border: 1px solid var(--axis);
  border-radius: 16px;
  box-shadow: 0 2px 8px rgb(0 0 0 / 12%);
  font: inherit;
  font-weight: 600;
  white-space: nowrap;
  cursor: pointer;
}
.back-to-live:hover { border-color: var(--quiet); }
.back-to-live:focus-visible { outline: 2px solid var(--ink); outline-offset: 2px; }
.back-to-live-news { color: var(--quiet); font-weight: 400; text-align: start; }
`;

/** Room for `(+999)`, and then for as many characters more each time. */
const room = { least: 6, step: 2 };

/**
 * The button that ends holding, with how many samples have come since. Its width changes when their
 * number does by orders of magnitude, not with each digit. It is no live region: it is there for whoever
 * looks for it, and says nothing by itself.
 */
export const createBackToLive: CreatePart = ({ element, layout, viewport, options }) => {
  const news = make("span", "back-to-live-news");
  const button = make("button", "back-to-live", "Back to live", news);
  button.type = "button";
  button.hidden = true;
  let width = 0;
  button.addEventListener("click", () => {
    const focused = element.shadowRoot?.activeElement === button;
    viewport.follow();
    // The button is about to be gone: whoever came by keyboard stays in the chart.
    if (focused) focusable(layout.plot)?.focus({ preventScroll: true });
  });
  layout.actions.append(button);
  return {
    update() {
      const { held } = viewport;
      if (button.hidden === (held !== undefined)) button.hidden = held === undefined;
      if (!held) width = 0;
      if (!held) return;
      const text = newsText(viewport.news, options().language.locale);
      const more = Math.ceil(Math.max(0, text.length - room.least) / room.step);
      const wanted = room.least + more * room.step;
      if (wanted > width) news.style.minInlineSize = `${wanted}ch`;
      width = Math.max(width, wanted);
      setText(news, text);
    },
  };
};

function focusable(plot: HTMLElement): HTMLElement | null {
  return plot.tabIndex >= 0 ? plot : plot.querySelector<HTMLElement>('[tabindex="0"]');
}

/** `(+1,204)`. */
export function newsText(samples: number, locale: string | undefined): string {
  return `(+${samples.toLocaleString(locale)})`;
}
