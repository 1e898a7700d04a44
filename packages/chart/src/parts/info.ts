import { make, setText } from "../dom.ts";
import type { Part, PartHost } from "../part.ts";
import type { Scene } from "../scene.ts";
import { durationText } from "../text/format.ts";
import { Panel } from "./panel.ts";

export const infoCss = `
.info { margin: 0; padding: 8px 12px; font-size: 12px; line-height: 18px; }
.info-heading { margin-block-end: 2px; color: var(--quiet); font-size: 11px; font-weight: 600; }
.info-group + .info-group { margin-block-start: 8px; }
.info-list { display: grid; grid-template-columns: minmax(7ch, max-content) minmax(0, 1fr); gap: 2px 16px; margin: 0; }
.info-term { color: var(--quiet); max-inline-size: 24ch; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.info-text { margin: 0; overflow-wrap: anywhere; }
`;

/** Something that was found out about a source, or told by it. */
export type Guess = {
  readonly what: string;
  readonly found: string;
  readonly from: "guessed" | "told";
  /** Which attribute says otherwise. */
  readonly attribute?: string | undefined;
};

/** What the chart knows of itself, beyond what a part sees of it. Undefined: unknown. */
export type Facts = {
  readonly guesses: readonly Guess[];
  readonly renderer: string;
  /** Drawings per second, as of late. */
  readonly drawingHz: number | undefined;
  /** From the time of a sample to when it is seen. */
  readonly latencyMs: number | undefined;
  /** How far behind the window ends, so that it moves evenly. */
  readonly delayMs: number | undefined;
};

/** One group of facts: a heading, and terms with their texts. */
export type Section = {
  readonly heading: string;
  readonly items: readonly (readonly [term: string, text: string])[];
};

/** Figures that change faster cannot be read. */
const beatMs = 1000;
/** More series than this are not read one by one. */
const maxSeries = 50;

/** Everything that was guessed, and how the chart is doing: for whoever wants to know. */
export class Info implements Part {
  readonly #host: PartHost;
  readonly #facts: () => Facts;
  readonly #panel: Panel;
  readonly #content = make("div", "info");
  #key = "";
  #texts: HTMLElement[] = [];
  #shownAt = Number.NEGATIVE_INFINITY;

  constructor(host: PartHost, facts: () => Facts) {
    this.#host = host;
    this.#facts = facts;
    this.#panel = new Panel(host.layout);
    this.#panel.body.append(this.#content);
  }

  /** `back`: where the focus goes when it is closed. */
  open(back: HTMLElement): void {
    const { title } = this.#host.options();
    this.#panel.title = title === "" ? "Details" : `${title}: details`;
    const scene = this.#host.scene();
    if (scene) this.#show(scene);
    this.#panel.open(back);
  }

  close(): void {
    this.#panel.close();
  }

  update(scene: Scene): void {
    if (!this.#panel.opened || Math.abs(scene.now - this.#shownAt) < beatMs) return;
    this.#show(scene);
  }

  /** Texts are changed in place: who selects or reads one does not lose it. */
  #show(scene: Scene): void {
    this.#shownAt = scene.now;
    const sections = sectionsOf(scene, this.#host.source, this.#facts());
    const key = JSON.stringify(
      sections.map(({ heading, items }) => [heading, items.map(([term]) => term)]),
    );
    if (key !== this.#key) this.#build(sections);
    this.#key = key;
    const texts = sections.flatMap(({ items }) => items.map(([, text]) => text));
    for (const [i, text] of texts.entries()) setText(this.#texts[i]!, text);
  }

  #build(sections: readonly Section[]): void {
    this.#texts = [];
    const parts = sections.map(({ heading, items }) => {
      const list = make("dl", "info-list");
      for (const [term] of items) {
        const text = make("dd", "info-text");
        this.#texts.push(text);
        list.append(make("dt", "info-term", term), text);
      }
      // Not a heading: of what rank one would be is the page's business.
      const group = make("div", "info-group", make("div", "info-heading", heading), list);
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", heading);
      return group;
    });
    this.#content.replaceChildren(...parts);
  }
}

export function createInfo(host: PartHost, facts: () => Facts): Info {
  return new Info(host, facts);
}

type KnownSource = Pick<PartHost["source"], "url" | "clock" | "notices">;

/** All there is to know, in order; what is unknown is left out. */
export function sectionsOf(scene: Scene, source: KnownSource, facts: Facts): Section[] {
  const notices = [...source.notices.values()].map((text, i) => [`${i + 1}.`, text] as const);
  const sections: Section[] = [
    { heading: "Source", items: [["Address", source.url], ...guessItems(facts.guesses)] },
    { heading: "Time", items: timeItems(scene, source.clock.offsetMs, facts) },
    { heading: "Drawing", items: drawingItems(scene, facts) },
    { heading: "Series", items: seriesItems(scene) },
    { heading: "Notices", items: notices },
  ];
  return sections.filter(({ items }) => items.length > 0);
}

type Items = (readonly [term: string, text: string])[];

function guessItems(guesses: readonly Guess[]): Items {
  return guesses.map(({ what, found, from, attribute }) => {
    const other = attribute === undefined ? "" : `; ${attribute}="…" says otherwise`;
    return [what, `${found} (${from}${other})`];
  });
}

function timeItems({ frame, now }: Scene, offsetMs: number, facts: Facts): Items {
  const { view } = frame;
  const items: Items = [["Span", shortText(view.to - view.from)]];
  const { latencyMs, delayMs } = facts;
  if (latencyMs !== undefined)
    items.push(["Latency", `${shortText(latencyMs)} from sample to screen`]);
  const far = `${shortText(Math.abs(offsetMs))} ${offsetMs > 0 ? "ahead of" : "behind"} this one`;
  items.push(["Clock", Math.abs(offsetMs) < 1 ? "as this one" : far]);
  if (delayMs !== undefined) {
    items.push(["Delay", `${shortText(delayMs)}, so that it moves evenly`]);
  }
  const behind = now + offsetMs - view.to;
  if (behind > view.to - view.from) items.push(["Held", `${durationText(behind)} ago`]);
  return items;
}

function drawingItems({ ratio, frame }: Scene, { renderer, drawingHz }: Facts): Items {
  const rate =
    drawingHz === undefined ? "when something changes" : `at ${Math.round(drawingHz)} Hz`;
  const { width, height } = frame.plot;
  return [
    ["Renderer", renderer],
    ["Drawn", rate],
    [
      "Plot",
      `${Math.round(width)} × ${Math.round(height)} device pixels, ${Number(ratio.toFixed(2))} to one`,
    ],
  ];
}

function seriesItems({ series }: Scene): Items {
  const items: Items = series.slice(0, maxSeries).map(({ name, ring, line, off }) => {
    const every = ring.cadence.medianMs;
    const cadence = Number.isNaN(every) ? "" : `every ${shortText(every)}, `;
    const drawn = off ? "not drawn" : `${line.length} points drawn`;
    return [name, `${cadence}${ring.length} samples held, ${drawn}`];
  });
  const others = series.length - items.length;
  return others > 0 ? [...items, ["…", `and ${others} more`]] : items;
}

function shortText(ms: number): string {
  if (ms < 1000) return `${Number(ms.toPrecision(2))}\u00a0ms`;
  return ms < 10_000 ? `${Number((ms / 1000).toFixed(1))}\u00a0s` : durationText(ms);
}
