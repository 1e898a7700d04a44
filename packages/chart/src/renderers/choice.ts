import type { CreateRenderer } from "../renderer.ts";
import { createCanvasRenderer } from "./canvas.ts";
import { loadRenderer } from "./registry.ts";

/** A renderer by its name: the default one is there at once, all others are loaded when asked for. */
export function rendererOf(name: string): CreateRenderer | Promise<CreateRenderer> {
  return name === defaultRenderer ? createCanvasRenderer : loadRenderer(name);
}

/** What draws where nothing else is asked for. */
export const defaultRenderer = "canvas";
