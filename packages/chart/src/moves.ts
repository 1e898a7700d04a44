import { clamp, type Heights, type Held, spanLimits } from "./viewport.ts";
import type { View } from "./window.ts";

/** Boxes in boxes: further in, the labels of an axis run out of digits. */
const leastHeight = 1e-6;

/** A stretch moved by so much, but not out of reach. */
export function panned(held: Held, ms: number, reach: View): Held {
  return inReach({ ...held, from: held.from + ms, to: held.to + ms }, reach);
}

/** A stretch `factor` times as long, with the same time at a fraction of the width as before. */
export function zoomed(held: Held, factor: number, at: number, reach: View): Held {
  const span = held.to - held.from;
  // Zooming out ends with all there is in sight: beyond is nothing but emptiness.
  const most = Math.min(spanLimits.most, Math.max(span, reach.to - reach.from));
  const wanted = clamp(span * factor, spanLimits.least, most);
  const from = held.from + (span - wanted) * at;
  return inReach({ ...held, from, to: from + wanted }, reach);
}

/** The box inside of a stretch. Boxes in boxes are parts of parts. */
export function boxed({ from, to, y }: Held, x: Heights, height: Heights | undefined): Held {
  const part = y ?? { from: 0, to: 1 };
  const inside = { from: from + (to - from) * x.from, to: from + (to - from) * x.to };
  if (!height) return y ? { ...inside, y } : inside;
  const low = part.from + (part.to - part.from) * height.from;
  const high = part.from + (part.to - part.from) * height.to;
  if (high - low < leastHeight) return { ...inside, y: part };
  return { ...inside, y: { from: low, to: high } };
}

// The newest end counts where both cannot be: what is looked at is more often there.
function inReach(held: Held, reach: View): Held {
  const early = Math.max(0, reach.from - held.from);
  const late = Math.max(0, held.to + early - reach.to);
  const by = early - late;
  return by === 0 ? held : { ...held, from: held.from + by, to: held.to + by };
}
