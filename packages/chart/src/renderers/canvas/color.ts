import type { Color } from "./raster.ts";

/**
 * A CSS colour in numbers. Not by drawing it and looking at the pixel: browsers that protect their
 * users from being recognized tell another one.
 */
export function parseColor(
  context: Pick<CanvasRenderingContext2D, "fillStyle">,
  css: string,
): Color {
  context.fillStyle = css;
  // Whatever space it is in; where mixing is unknown, it is left as it is.
  context.fillStyle = `color-mix(in srgb, ${css}, ${css})`;
  return readColor(String(context.fillStyle));
}

/** A colour as canvases tell it: `#4559d2`, `rgba(69, 89, 210, 0.5)` or `color(srgb 0.27 0.35 0.82)`. */
export function readColor(text: string): Color {
  const hex = /^#(..)(..)(..)/.exec(text)?.slice(1);
  if (hex) return [...hex.map((digits) => Number.parseInt(digits, 16)), 255] as unknown as Color;
  const numbers = (text.match(/-?[\d.]+(?:e[+-]?\d+)?/g) ?? []).map(Number);
  const [red = 0, green = 0, blue = 0, alpha = 1] = numbers;
  const scale = text.startsWith("color") ? 255 : 1;
  const channel = (part: number) => Math.round(Math.max(0, Math.min(255, part * scale)));
  return [channel(red), channel(green), channel(blue), Math.round(alpha * 255)];
}
