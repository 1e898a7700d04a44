import type { Lineup } from "./lineup.ts";
import type { ChartSpec, CreateRenderer, Frame, Renderer } from "./renderer.ts";
import { fontSize, lineStyles, sameTheme, type Theme, ThemeProbe } from "./theme.ts";

/** A renderer that is there at once, or comes later. */
export type RendererChoice = CreateRenderer | Promise<CreateRenderer>;

/** Labels come again and again; beyond this many, they are others. */
const maxWidths = 500;

/** Where the lines are drawn: has the renderer, and tells it of sizes, colours and series. */
export class Stage {
  readonly #host: HTMLElement;
  readonly #probe: ThemeProbe;
  // Not one of the document, which would bring its style up to date before it answers.
  readonly #measure = new OffscreenCanvas(1, 1).getContext("2d")!;
  readonly #widths = new Map<string, number>();
  readonly #changed: () => void;
  readonly #signal: AbortSignal;
  #renderer: Renderer | undefined;
  #off = new AbortController();
  #theme: Theme | undefined;
  #spec: ChartSpec | undefined;
  #size = { width: 0, height: 0, ratio: 1 };
  #stale = { theme: true, lineup: true, size: true };

  /** `changed`: told when there is reason to draw anew. */
  constructor(figure: HTMLElement, host: HTMLElement, changed: () => void, signal: AbortSignal) {
    this.#host = host;
    this.#changed = changed;
    this.#signal = signal;
    this.#probe = new ThemeProbe(figure, () => this.restyle(), signal);
    signal.addEventListener("abort", () => this.#off.abort(), { once: true });
  }

  get size(): { readonly width: number; readonly height: number; readonly ratio: number } {
    return this.#size;
  }

  /** Whether there is something to draw with, and room for it. */
  get ready(): boolean {
    return this.#renderer !== undefined && this.#size.width > 0 && this.#size.height > 0;
  }

  /** Draws with this from now on; until it is there, nothing is drawn. Rejects if it never will be. */
  async use(choice: RendererChoice): Promise<void> {
    this.#off.abort();
    this.#off = new AbortController();
    const { signal } = this.#off;
    this.#renderer = undefined;
    this.#host.replaceChildren();
    let create: CreateRenderer;
    try {
      create = choice instanceof Promise ? await choice : choice;
    } catch (error) {
      // Another one has been chosen meanwhile: nobody waits for this one any more.
      if (signal.aborted) return;
      throw error;
    }
    if (signal.aborted || this.#signal.aborted) return;
    this.#renderer = create(this.#host, signal);
    // Lost pixels are drawn anew, also of a chart in which nothing moves. The event does not bubble.
    const restored = () => this.#changed();
    this.#host.addEventListener("contextrestored", restored, { capture: true, signal });
    this.#spec = undefined;
    this.#stale = { theme: true, lineup: true, size: true };
    this.#changed();
  }

  /** Colours may be others now. */
  restyle(): void {
    this.#stale.theme = true;
    this.#changed();
  }

  /** The series are others now, or look different. */
  recast(): void {
    this.#stale.lineup = true;
    this.#changed();
  }

  /** Of the plot and its axes, in device pixels. */
  resize(width: number, height: number, ratio: number): void {
    this.#size = { width, height, ratio };
    this.#stale.size = true;
    this.#changed();
  }

  /** Before a frame is made: brings up to date what it is made with. */
  prepare({ roles }: Lineup): void {
    const { theme, lineup, size } = this.#stale;
    this.#stale = { theme: false, lineup: false, size: false };
    const restyled = theme && this.#useTheme();
    if (lineup || restyled || !this.#spec) {
      this.#spec = { ...this.#theme!, lines: lineStyles(roles, this.#theme!) };
      this.#renderer!.configure(this.#spec);
    }
    const { width, height, ratio } = this.#size;
    if (size) this.#renderer!.resize(width, height, ratio);
  }

  draw(frame: Frame): void {
    this.#renderer!.draw(frame);
  }

  /** The width of a label in CSS pixels. */
  measure(text: string): number {
    let width = this.#widths.get(text);
    if (width === undefined) {
      if (this.#widths.size >= maxWidths) this.#widths.clear();
      width = this.#measure.measureText(text).width;
      this.#widths.set(text, width);
    }
    return width;
  }

  /** What the renderer was last told, for pictures that are made elsewhere. */
  get spec(): ChartSpec | undefined {
    return this.#spec;
  }

  /** Whether it is another one. */
  #useTheme(): boolean {
    const theme = this.#probe.read();
    if (sameTheme(theme, this.#theme)) return false;
    this.#theme = theme;
    this.#widths.clear();
    this.#measure.font = `${fontSize}px ${theme.fontFamily}`;
    return true;
  }
}
