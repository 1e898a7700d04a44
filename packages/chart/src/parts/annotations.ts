import type { Annotation, Marks } from "../children.ts";
import { make, setText } from "../dom.ts";
import type { Part, PartHost } from "../part.ts";
import { acrossOf, fit, PlotBox, place, set, size } from "./plot-box.ts";
import { lanesOf } from "./spread.ts";

/** More than these are a grey area; the newest are drawn. */
const maxDrawn = 100;
/** CSS pixels. */
const laneHeight = 18;
const letter = 6.5;
const widestLabel = 160;
/** Time on a screen is float arithmetic: it is the same as long as it is the same to this part. */
const hair = 1e-6;

type Item = { readonly root: HTMLElement; readonly label: HTMLElement };

/** The room that labels need at the bottom of a plot so high, in CSS pixels. */
export function lanesHeight(height: number): number {
  return laneHeight * (height < 120 ? 1 : 2);
}

/** Draws a line at each annotation in sight, or an area, with its label at the bottom of the plot. */
export function createAnnotations({ layout }: PartHost, marks: () => Marks): Part {
  const box = new PlotBox("annotations");
  const items: Item[] = [];
  let lanes: readonly number[] = [];
  let known: { all: readonly Annotation[]; pxPerMs: number; count: number } | undefined;

  /** Found anew only when something else is drawn, or on another scale. */
  function findLanes(all: readonly Annotation[], pxPerMs: number): void {
    const count = lanesHeight(box.height) / laneHeight;
    const same =
      known?.all === all && known.count === count && Math.abs(known.pxPerMs / pxPerMs - 1) < hair;
    if (same) return;
    known = { all, pxPerMs, count };
    lanes = lanesOf(
      all.map(({ at, label }) => ({ at: at * pxPerMs, width: widthOf(label) })),
      count,
    );
  }

  return {
    update(scene) {
      const { annotations } = marks();
      if (annotations.length === 0 && items.length === 0) return;
      if (!box.element.isConnected) layout.over.append(box.element);
      box.update(scene);
      const { frame, ratio } = scene;
      const { from, to } = frame.view;
      const pxPerMs = box.width / (to - from);
      findLanes(annotations, pxPerMs);
      const labelMs = widestLabel / pxPerMs;
      const inSight = [...annotations.keys()]
        .filter((i) => annotations[i]!.at < to && endOf(annotations[i]!) > from - labelMs)
        .slice(-maxDrawn);
      fit(items, inSight.length, () => makeItem(box.element), removeItem);
      for (const [i, index] of inSight.entries()) {
        const annotation = annotations[index]!;
        const x = (annotation.at - from) * pxPerMs;
        const { root, label } = items[i]!;
        const area =
          annotation.to === undefined
            ? undefined
            : acrossOf(frame, ratio, annotation.at, annotation.to);
        const className = `annotation ${annotation.tone} ${annotation.to === undefined ? "line" : "area"}`;
        if (root.className !== className) root.className = className;
        place(root, area?.left ?? x, 0);
        size(root, area?.width ?? 0, box.height);
        showLabel(label, annotation, lanes[index]!, x, box.height);
      }
    },
  };
}

function showLabel(
  label: HTMLElement,
  { label: text, tone }: Annotation,
  lane: number,
  x: number,
  height: number,
): void {
  setText(label, text);
  if (label.className !== `annotation-label ${tone}`) label.className = `annotation-label ${tone}`;
  set(label, "visibility", lane < 0 || text === "" ? "hidden" : "visible");
  set(label, "max-width", `${widthOf(text)}px`);
  place(label, x + 1, height - laneHeight * (lane + 1));
}

function endOf({ at, to = at }: Annotation): number {
  return to;
}

/** CSS pixels that a label has, and what is around it; a longer text is cut off. */
function widthOf(label: string): number {
  return label === "" ? 0 : Math.min(widestLabel, Math.ceil(label.length * letter) + 12);
}

function makeItem(box: HTMLElement): Item {
  const item = { root: make("div", "annotation"), label: make("span", "annotation-label") };
  box.append(item.root, item.label);
  return item;
}

function removeItem({ root, label }: Item): void {
  root.remove();
  label.remove();
}

export const annotationsCss = `
.annotation.line { border-inline-start: 1px dashed var(--tone); }
.annotation.area {
  background: color-mix(in srgb, var(--tone) 10%, transparent);
  border-inline: 1px dashed color-mix(in srgb, var(--tone) 60%, transparent);
}
`;
