import { formatFragment, parseFragment, type Stretch } from "./view-fragment.ts";

/** A `<live-chart>` as far as this is about it. */
export type Viewed = { view: Stretch | undefined };

/** What is needed of a page. */
type ViewPage = {
  readonly hash: () => string;
  /** Puts another fragment into the address, and nothing into the history. */
  readonly replaceHash: (hash: string) => void;
  readonly charts: () => Iterable<Viewed>;
  readonly later: (run: () => void, ms: number) => void;
};

/** Browsers let an address change about ten times a second, and Safari throws beyond that. */
const beatMs = 300;

/**
 * The stretch of time that a page is held at, in its address: a link to it shows the same to others.
 * All charts of the page share it.
 */
export class SharedView {
  readonly #page: ViewPage;
  #view: Stretch | undefined;
  #pending = false;

  constructor(page: ViewPage) {
    this.#page = page;
    this.#view = parseFragment(page.hash());
  }

  /** For the address of the page. */
  get fragment(): string {
    return formatFragment(this.#view);
  }

  /** A new chart begins where the others are. */
  begin(chart: Viewed): void {
    if (this.#view) chart.view = this.#view;
  }

  /** A chart is held somewhere else now, or follows. */
  changed(view: Stretch | undefined): void {
    this.#view = view;
    if (this.#pending) return;
    this.#pending = true;
    this.#page.later(() => {
      this.#pending = false;
      if (this.#page.hash() !== this.fragment) this.#page.replaceHash(this.fragment);
    }, beatMs);
  }

  /** Somebody has changed the address. A fragment that is about something else changes nothing. */
  navigated(): void {
    const hash = this.#page.hash();
    const view = parseFragment(hash);
    if (!view && hash.replace("#", "") !== "") return;
    this.#show(view);
  }

  /** All follow again. */
  follow(): void {
    this.#show(undefined);
  }

  #show(view: Stretch | undefined): void {
    this.#view = view;
    for (const chart of this.#page.charts()) chart.view = view;
  }
}

/** Of this page, told of what happens on it. */
export function createSharedView(): SharedView {
  const shared = new SharedView({
    hash: () => location.hash,
    replaceHash: (hash) =>
      history.replaceState(null, "", `${location.pathname}${location.search}${hash}`),
    charts: () => document.querySelectorAll<HTMLElement & Viewed>("live-chart"),
    later: (run, ms) => setTimeout(run, ms),
  });
  // The event does not bubble, but it is seen on its way down.
  document.addEventListener(
    "viewchange",
    ({ target }) => shared.changed((target as HTMLElement & Viewed).view),
    { capture: true },
  );
  addEventListener("hashchange", () => shared.navigated());
  return shared;
}
