import type { Source } from "./data/source.ts";
import type { Layout } from "./layout.ts";
import type { Options } from "./options.ts";
import type { Scene } from "./scene.ts";
import type { Viewport } from "./viewport.ts";

/** What a part of a chart sees of it. */
export type PartHost = {
  /** The `<live-chart>` itself: events are dispatched on it. */
  readonly element: HTMLElement;
  readonly layout: Layout;
  readonly viewport: Viewport;
  readonly source: Source;
  readonly options: () => Options;
  /** What was last drawn; undefined before. */
  readonly scene: () => Scene | undefined;
  /** Asks for a drawing. */
  readonly redraw: () => void;
  /** Series that are not drawn although they are in the legend, by canonical text. */
  readonly off: ReadonlySet<string>;
  /** Switches series off and on: exactly these are off from now on. */
  readonly setOff: (series: Iterable<string>) => void;
  readonly signal: AbortSignal;
};

/** Something of a chart beside its lines: it has elements and listeners of its own. */
export interface Part {
  /** Told after each drawing, in the same animation frame. Must not force a layout needlessly. */
  update(scene: Scene): void;
}

/** Abort of the host's signal ends it; its elements go with the chart. */
export type CreatePart = (host: PartHost) => Part;
