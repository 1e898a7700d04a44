import type { Frame, LineStyle } from "../renderer.ts";

/** How much of its colour an area has: what is behind it stays in sight. */
export const areaAlpha = 0.25;

/** Whether a frame has no axes at all. */
export function isBare({ scales, xTicks }: Frame): boolean {
  return xTicks.length === 0 && scales.every(({ ticks }) => ticks.length === 0);
}

/** Of the mark of a point, in CSS pixels. */
export function markRadius({ width }: LineStyle): number {
  return Math.max(width * 1.25, 2);
}
