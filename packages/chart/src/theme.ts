import type { Role } from "./lineup.ts";
import { dashes, palette } from "./palette.ts";
import type { ChartSpec, LineStyle } from "./renderer.ts";

/** The colours of a chart as CSS has resolved them, for canvases, which know no CSS. */
export type Theme = Omit<ChartSpec, "lines"> & { readonly series: readonly string[] };

export const fontSize = 11;

/**
 * Reads the theme from an element of the shadow root, and calls `changed` when it may have become
 * another one for whatever reason: the system's setting, an attribute of the page, a custom property.
 * There is no event for that, but a transition of a colour that nobody sees runs whenever it changes.
 */
export class ThemeProbe {
  readonly #probes: HTMLElement[] = [];

  constructor(host: HTMLElement, changed: () => void, signal: AbortSignal) {
    const classes = ["ink", "grid", "axis", ...palette.map((_, i) => `c${i}`)];
    const box = document.createElement("div");
    box.className = "probes";
    box.setAttribute("aria-hidden", "true");
    for (const name of classes) {
      const probe = document.createElement("i");
      probe.className = name;
      // What is read has no transition of its own: the colour of what has one is still the old one
      // when that begins.
      const sensor = document.createElement("b");
      sensor.className = "sensor";
      probe.append(sensor);
      box.append(probe);
      this.#probes.push(probe);
    }
    box.addEventListener("transitionrun", changed, { signal });
    box.addEventListener("transitionend", changed, { signal });
    host.append(box);
  }

  read(): Theme {
    const styles = this.#probes.map((probe) => getComputedStyle(probe));
    const [ink, grid, axis, ...series] = styles.map(({ color }) => color);
    const fontFamily = styles[0]!.fontFamily;
    return { ink: ink!, grid: grid!, axis: axis!, series, fontFamily, fontSize };
  }
}

/** Whether nothing would look different. */
export function sameTheme(a: Theme, b: Theme | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** How series are drawn, in the theme: many lines are drawn thinner, to stay apart. */
export function lineStyles(roles: readonly Role[], theme: Theme): LineStyle[] {
  const width = roles.length <= 4 ? 2 : 1.5;
  return roles.map(({ track, look: { color, dash }, draw, scale }) => ({
    ...{ series: track.series, color: theme.series[color]!, dash: dashes[dash]!, width },
    ...{ draw, scale },
  }));
}
