import type { Heights } from "../viewport.ts";

/** What a turn of the wheel or a key asks for. `at`: a fraction of the width; `px`: CSS pixels. */
export type Intent =
  | { readonly kind: "zoom"; readonly factor: number; readonly at?: number }
  | { readonly kind: "pan"; readonly px: number }
  /** Parts of the view. */
  | { readonly kind: "step"; readonly views: number }
  | { readonly kind: "oldest" }
  | { readonly kind: "follow" };

export type Wheel = Pick<
  WheelEvent,
  "deltaX" | "deltaY" | "deltaMode" | "ctrlKey" | "metaKey" | "shiftKey"
>;

/** CSS pixels of what wheels of old count in: lines and pages. */
const unitPx = [1, 16, 400];
/** A notch of a wheel is 100 pixels or more and zooms by about a fifth; a pinch comes in small steps. */
const zoomPerPx = { wheel: 0.002, pinch: 0.01 };
const pinchPx = 50;
/** Wheels that spin freely tell of thousands of pixels at once: that is too far to see where one is. */
const most = 2;

/**
 * What the wheel means. With Ctrl or Cmd, which is also how a pinch on a touchpad arrives, it zooms;
 * sideways or with Shift, it pans. A plain turn belongs to the page, which must not stop scrolling
 * because a chart came under the pointer; only of a chart that somebody handles (`engaged`: it has the
 * focus, or is held) it zooms. Undefined: not for us.
 */
export function wheelIntent(wheel: Wheel, engaged: boolean): Intent | undefined {
  const unit = unitPx[wheel.deltaMode] ?? 1;
  const [x, y] = [wheel.deltaX * unit, wheel.deltaY * unit];
  if (wheel.ctrlKey || wheel.metaKey) return zoomBy(y, Math.abs(y) < pinchPx);
  if (Math.abs(x) > Math.abs(y)) return { kind: "pan", px: x };
  if (wheel.shiftKey && y !== 0) return { kind: "pan", px: y };
  return engaged && y !== 0 ? zoomBy(y, false) : undefined;
}

function zoomBy(px: number, pinch: boolean): Intent {
  const factor = Math.exp(px * (pinch ? zoomPerPx.pinch : zoomPerPx.wheel));
  return { kind: "zoom", factor: Math.min(most, Math.max(1 / most, factor)) };
}

export type Key = Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey">;

/**
 * What a key means while the plot has the focus; arrows alone are for reading. Keys have no pointer:
 * they zoom around the middle, and around the newest end of a chart that follows, which is looked at.
 */
export function keyIntent(key: Key, held: boolean): Intent | undefined {
  if (key.ctrlKey || key.metaKey || key.altKey) return undefined;
  const at = held ? 0.5 : 1;
  switch (key.key) {
    case "+":
    case "=":
      return { kind: "zoom", factor: 1 / 1.5, at };
    case "-":
    case "_":
      return { kind: "zoom", factor: 1.5, at };
    case "ArrowLeft":
      return key.shiftKey ? { kind: "step", views: -0.25 } : undefined;
    case "ArrowRight":
      return key.shiftKey ? { kind: "step", views: 0.25 } : undefined;
    case "PageUp":
      return { kind: "step", views: -1 };
    case "PageDown":
      return { kind: "step", views: 1 };
    case "Home":
      return { kind: "oldest" };
    case "End":
    case "0":
    case "Escape":
      // Where there is nothing to end, Escape may be meant for what the chart is in.
      return held ? { kind: "follow" } : undefined;
    default:
      return undefined;
  }
}

export type Point = { readonly x: number; readonly y: number };
/** Where the plot is, in CSS pixels. */
export type Area = Point & { readonly width: number; readonly height: number };

/** How far across an area a place is: 0 at its left edge, 1 at its right; never outside. */
export function acrossOf(area: Area, x: number): number {
  return Math.min(1, Math.max(0, (x - area.x) / area.width));
}

/** Thinner than this in CSS pixels, a box was a slip of the hand, or is meant to have all of the height. */
const leastBox = 8;
const leastBoxHeight = 16;

/** The box between two places, as fractions of an area; undefined if it is too thin to be meant. */
export function boxBetween(
  area: Area,
  a: Point,
  b: Point,
): { readonly x: Heights; readonly y: Heights | undefined } | undefined {
  const across = [a.x, b.x].map((x) => acrossOf(area, x)).sort((a, b) => a - b);
  const [left, right] = [across[0]!, across[1]!];
  if ((right - left) * area.width < leastBox) return undefined;
  const up = [a.y, b.y]
    .map((y) => Math.min(1, Math.max(0, 1 - (y - area.y) / area.height)))
    .sort((a, b) => a - b);
  const [low, high] = [up[0]!, up[1]!];
  const flat = (high - low) * area.height < leastBoxHeight;
  return { x: { from: left, to: right }, y: flat ? undefined : { from: low, to: high } };
}
