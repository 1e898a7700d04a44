import type { Marks } from "./children.ts";
import { guessesOf } from "./data/guesses.ts";
import { csvOf } from "./export/csv.ts";
import { pngOf } from "./export/png.ts";
import { snapshotOf } from "./export/snapshot.ts";
import type { Part, PartHost } from "./part.ts";
import { backToLiveCss, createBackToLive } from "./parts/back-to-live.ts";
import { createCursor, cursorCss } from "./parts/cursor.ts";
import { createGestures, gesturesCss } from "./parts/gestures.ts";
import { createInfo, type Facts, infoCss } from "./parts/info.ts";
import { createMenu, menuCss } from "./parts/menu.ts";
import { panelCss } from "./parts/panel.ts";
import { createTable, tableCss } from "./parts/table.ts";
import type { ChartSpec } from "./renderer.ts";
import type { Scene } from "./scene.ts";
import { addSheet } from "./styles.ts";

/** What is needed beyond what any part sees. */
export type ReadingTools = {
  readonly facts: () => Omit<Facts, "guesses">;
  readonly spec: () => ChartSpec | undefined;
  readonly marks: () => Marks;
  /** Tells the charts that share their crosshair where it is; undefined: nowhere. */
  readonly point: (time: number | undefined) => void;
};

/** What someone sees who looks closer. */
export type ReadingParts = Part & {
  /** Shows what is at a time that is looked at in another chart; undefined: none is. */
  readonly pointed: (time: number | undefined) => void;
  /** What was just drawn, to take away; undefined before anything was. */
  readonly csv: () => string | undefined;
  readonly svg: () => string | undefined;
  readonly png: () => Promise<Blob | undefined>;
};

const sheet = `${backToLiveCss}${cursorCss}${gesturesCss}${panelCss}${tableCss}${infoCss}${menuCss}`;

/** What someone needs who looks closer: crosshair, gestures, menu. Loaded when someone does. */
export function createReading(host: PartHost, tools: ReadingTools): ReadingParts {
  addSheet(host.element.shadowRoot!, sheet);
  const cursor = createCursor(host);
  cursor.onTime = tools.point;
  const table = createTable(host);
  const guesses = () => guessesOf(host.source, host.options().unit);
  const info = createInfo(host, () => ({ ...tools.facts(), guesses: guesses() }));
  const svg = () => snapshotOf(host, tools.spec(), tools.marks());
  const menu = createMenu(host, {
    ...{ table, info, snapshot: svg },
    script: new URL(scriptName, import.meta.url).href,
  });
  const parts: Part[] = [cursor, createGestures(host), createBackToLive(host), table, info, menu];
  return {
    pointed: (time) => cursor.showTime(time),
    csv: () => {
      const scene = host.scene();
      return scene && csvOf(scene, host.options().language.zone);
    },
    svg,
    png: async () => {
      const picture = svg();
      return picture === undefined ? undefined : pngOf(picture);
    },
    update: (scene: Scene) => {
      for (const part of parts) part.update(scene);
    },
  };
}

/** Beside the folder that this is in. */
const scriptName = "../live-chart.js";
