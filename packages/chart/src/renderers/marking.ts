import type { Frame, Line, LineStyle, YScale } from "../renderer.ts";

/** How much of its colour an area has: what is behind it stays in sight. */
export const areaAlpha = 0.25;

/** Of the distance between points, how much a bar takes. */
export const barShare = 0.8;

/** Whether a frame has no axes at all. */
export function isBare({ scales, xTicks }: Frame): boolean {
  return xTicks.length === 0 && scales.every(({ ticks }) => ticks.length === 0);
}

/** Of the mark of a point, in CSS pixels. */
export function markRadius({ width }: LineStyle): number {
  return Math.max(width * 1.25, 2);
}

/** Whether a point is joined to no other: a line cannot show it. */
export function isAlone({ starts, length }: Line, i: number): boolean {
  return starts[i] !== 0 && (i + 1 === length || starts[i + 1] !== 0);
}

/** The value down to which a point is filled: of what is below it, else zero or the foot of the axis. */
export function baseOf({ bases }: Line, { log, min }: YScale, i: number): number {
  return bases ? bases[i]! : log ? min : 0;
}
