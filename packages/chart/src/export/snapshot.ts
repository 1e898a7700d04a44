import type { Marks } from "../children.ts";
import type { PartHost } from "../part.ts";
import type { ChartSpec } from "../renderer.ts";
import { svgOf } from "./svg.ts";

/**
 * The chart as it is on the screen, in its colours, as an SVG file; undefined before anything is drawn.
 * `marks`: what is drawn over the lines.
 */
export function snapshotOf(
  host: Pick<PartHost, "layout" | "options" | "scene">,
  spec: ChartSpec | undefined,
  marks: Marks,
): string | undefined {
  const scene = host.scene();
  if (!scene || !spec) return undefined;
  const { layout } = host;
  const { title, language } = host.options();
  const yTitle = layout.plot.querySelector(".y-title")?.textContent ?? "";
  return svgOf(scene, spec, {
    ...{ title, yTitle, zone: language.zone, locale: language.locale, marks },
    size: { width: layout.canvas.clientWidth, height: layout.canvas.clientHeight },
    ink: getComputedStyle(layout.figure).color,
    background: backgroundOf(layout.figure),
    tones: {
      idle: resolved(layout.figure, "var(--quiet)"),
      good: resolved(layout.figure, "var(--good)"),
      warn: resolved(layout.figure, "var(--warn)"),
      bad: resolved(layout.figure, "var(--bad)"),
    },
  });
}

/** What is behind a chart: a picture without it would be unreadable on another one. */
function backgroundOf(figure: HTMLElement): string {
  for (let at: Node | null = figure; at; at = at instanceof ShadowRoot ? at.host : at.parentNode) {
    if (!(at instanceof Element)) continue;
    const { backgroundColor } = getComputedStyle(at);
    if (isSolid(backgroundColor)) return backgroundColor;
  }
  // What a page without a background of its own has, light or dark.
  return resolved(figure, "Canvas");
}

function isSolid(color: string): boolean {
  return (
    color !== "transparent" && !/^rgba\(.*,\s*0(?:\.\d+)?\)$|\/\s*0(?:\.\d+)?%?\)$/.test(color)
  );
}

/** A colour as CSS resolves it in a chart: files know no custom properties. */
function resolved(figure: HTMLElement, color: string): string {
  const probe = document.createElement("i");
  probe.hidden = true;
  probe.style.backgroundColor = color;
  figure.append(probe);
  const { backgroundColor } = getComputedStyle(probe);
  probe.remove();
  return backgroundColor;
}
