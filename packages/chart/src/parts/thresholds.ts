import type { Marks, Threshold } from "../children.ts";
import { make, setText } from "../dom.ts";
import type { Part, PartHost } from "../part.ts";
import { fractionOf } from "../renderer.ts";
import type { Scene } from "../scene.ts";
import { lanesHeight } from "./annotations.ts";
import { fit, PlotBox, place, set, size } from "./plot-box.ts";
import { spread } from "./spread.ts";

/** CSS pixels. */
const labelHeight = 16;

type Item = { readonly root: HTMLElement; readonly label: HTMLElement };

/** A threshold as it is now, in CSS pixels from the top of the plot. */
type Drawn = {
  readonly threshold: Threshold;
  readonly top: number;
  readonly height: number;
  readonly text: string;
};

/** Draws a line across the plot at each threshold in sight, or an area, with its label at the right. */
export function createThresholds({ layout }: PartHost, marks: () => Marks): Part {
  const box = new PlotBox("thresholds");
  const items: Item[] = [];
  return {
    update(scene) {
      const { thresholds, annotations } = marks();
      if (thresholds.length === 0 && items.length === 0) return;
      if (!box.element.isConnected) layout.over.append(box.element);
      box.update(scene);
      const drawn = thresholds.flatMap((threshold) => drawnOf(threshold, scene, box.height) ?? []);
      fit(items, drawn.length, () => makeItem(box.element), removeItem);
      const below = annotations.length > 0 ? lanesHeight(box.height) : 0;
      const labels = spread(drawn.map(labelWanted), labelHeight, 0, box.height - below);
      for (const [i, one] of drawn.entries()) show(items[i]!, one, labels[i], box.width);
    },
  };
}

function drawnOf(threshold: Threshold, scene: Scene, height: number): Drawn | undefined {
  const { scales } = scene.frame;
  const index = threshold.right ? scales.findIndex(({ side }) => side === "right") : 0;
  const scale = scales[index];
  if (!scale) return undefined;
  const { value, to = value, label } = threshold;
  // Below zero a logarithmic axis has no place at all.
  const place = (at: number) =>
    scale.log && at <= 0 ? Number.NEGATIVE_INFINITY : fractionOf(scale, at);
  const [low, high] = [place(value), place(to)];
  if (high < 0 || low > 1) return undefined;
  const inside = (fraction: number) => Math.max(0, Math.min(1, fraction)) * height;
  const text = scene.series.find((series) => series.scale === index)?.text ?? String;
  const values = value === to ? text(value) : `${text(value)} – ${text(to)}`;
  return {
    threshold,
    top: height - inside(high),
    height: inside(high) - inside(low),
    text: label || values,
  };
}

/** On its line; below it, if that is meant; and in an area. */
function labelWanted({ threshold, top, height }: Drawn): number {
  return threshold.below || height > 0 ? top + 1 : top - labelHeight;
}

function show({ root, label }: Item, drawn: Drawn, top: number | undefined, width: number): void {
  const { threshold, height, text } = drawn;
  const shape = threshold.to === undefined ? "line" : "area";
  const className = `threshold ${threshold.tone} ${shape}${threshold.below ? " below" : ""}`;
  if (root.className !== className) root.className = className;
  place(root, 0, drawn.top);
  size(root, width, height);
  setText(label, text);
  if (label.className !== `threshold-label ${threshold.tone}`) {
    label.className = `threshold-label ${threshold.tone}`;
  }
  set(label, "visibility", top === undefined ? "hidden" : "visible");
  place(label, 0, top ?? 0);
}

function makeItem(box: HTMLElement): Item {
  const item = { root: make("div", "threshold"), label: make("span", "threshold-label") };
  box.append(item.root, item.label);
  return item;
}

function removeItem({ root, label }: Item): void {
  root.remove();
  label.remove();
}

// Tones differ in their strokes too. The gradient is on the side that is meant.
export const thresholdsCss = `
.threshold, .threshold-label, .annotation, .annotation-label { --tone: var(--quiet); }
.threshold.good, .threshold-label.good, .annotation.good, .annotation-label.good { --tone: var(--good); }
.threshold.warn, .threshold-label.warn, .annotation.warn, .annotation-label.warn { --tone: var(--warn); }
.threshold.bad, .threshold-label.bad, .annotation.bad, .annotation-label.bad { --tone: var(--bad); }
.threshold.line { border-top: 1px dashed var(--tone); }
.threshold.line.good { border-top-style: dotted; }
.threshold.line.bad { border-top-style: solid; }
.threshold.line::after {
  content: "";
  position: absolute;
  inset: -9px 0 auto 0;
  block-size: 8px;
  background: linear-gradient(to top, color-mix(in srgb, var(--tone) 22%, transparent), transparent);
}
.threshold.line.below::after { inset-block-start: 0; rotate: 180deg; }
.threshold.line.idle::after { display: none; }
.threshold.area {
  background: color-mix(in srgb, var(--tone) 10%, transparent);
  border-block: 1px dashed color-mix(in srgb, var(--tone) 60%, transparent);
}
.plot-box > .threshold-label { inset: 0 4px auto auto; }
.threshold-label, .annotation-label {
  z-index: 1;
  max-inline-size: 60%;
  padding: 0 4px;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
  color: var(--tone);
  background: color-mix(in srgb, var(--raised) 90%, transparent);
  border-radius: 3px;
  font-size: 11px;
  line-height: 16px;
}
@media (forced-colors: active) {
  .threshold, .annotation { forced-color-adjust: none; --tone: CanvasText; }
  .threshold-label, .annotation-label { color: CanvasText; background: Canvas; }
}
`;
