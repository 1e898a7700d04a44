import { colorIndex, dashes, dashIndex, palette, placeOf } from "./palette.ts";
import type { ChartSpec, LineStyle } from "./renderer.ts";

/** The colours of a chart as CSS has resolved them, for canvases, which know no CSS. */
export type Theme = Omit<ChartSpec, "lines"> & { readonly series: readonly string[] };

export const fontSize = 11;

/**
 * Reads the theme from an element of the shadow root, and calls `changed` when it becomes another
 * one for whatever reason: the system's setting, an attribute of the page, a custom property. There
 * is no event for that, but a transition of a colour that nobody sees begins whenever it changes.
 */
export class ThemeProbe {
  readonly #probes: HTMLElement[] = [];

  constructor(host: HTMLElement, changed: () => void, signal: AbortSignal) {
    const classes = ["ink", "grid", "axis", ...palette.map((_, i) => `c${i}`)];
    for (const name of classes) {
      const probe = document.createElement("i");
      probe.className = `probe ${name}`;
      probe.addEventListener("transitionrun", changed, { signal });
      this.#probes.push(probe);
    }
    const box = document.createElement("div");
    box.className = "probes";
    box.ariaHidden = "true";
    box.append(...this.#probes);
    host.append(box);
  }

  read(): Theme {
    const styles = this.#probes.map((probe) => getComputedStyle(probe));
    const [ink, grid, axis, ...series] = styles.map(({ color }) => color);
    const fontFamily = styles[0]!.fontFamily;
    return { ink: ink!, grid: grid!, axis: axis!, series, fontFamily, fontSize };
  }
}

/** How series are drawn, in the theme: many lines are drawn thinner, to stay apart. */
export function lineStyles(series: readonly string[], theme: Theme): LineStyle[] {
  const width = series.length <= 4 ? 2 : 1.5;
  return series.map((name) => {
    const place = placeOf(name);
    return {
      series: name,
      color: theme.series[colorIndex(place)]!,
      dash: dashes[dashIndex(place)]!,
      width,
    };
  });
}
