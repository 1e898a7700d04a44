import { make, setText } from "../dom.ts";
import type { CreatePart } from "../part.ts";
import type { Frame } from "../renderer.ts";
import type { Band, BandKind } from "../scene.ts";
import type { View } from "../window.ts";
import { acrossOf, fit, PlotBox, place, set, size } from "./plot-box.ts";

/** Elements at most: more bands than this are a pattern, which needs no names; and each costs time. */
const maxBands = 50;
/** CSS pixels: all hatchings repeat after as much. */
const tile = 16;
/** CSS pixels that a letter of a name needs, at most, and what is around a name. */
const letter = 6.5;
const around = 20;

/** What a band is called where there is room. */
export const bandNames: Readonly<Record<BandKind, string>> = {
  silent: "no data",
  offline: "disconnected",
  paused: "page asleep",
  retention: "not kept",
  reduced: "outline only",
};

type Item = { readonly root: HTMLElement; readonly name: HTMLElement };

/** Hatches the stretches of time of which there is nothing to show, or less than there was. */
export const createBands: CreatePart = ({ layout }) => {
  const box = new PlotBox("bands");
  const items: Item[] = [];
  return {
    update(scene) {
      const { frame, ratio } = scene;
      const bands = widest(scene.bands, frame.view);
      if (bands.length === 0 && items.length === 0) return;
      if (!box.element.isConnected) layout.under.append(box.element);
      box.update(scene);
      fit(items, bands.length, () => makeItem(box.element), removeItem);
      for (const [i, band] of bands.entries()) {
        const item = items[i]!;
        const { left, width } = acrossOf(frame, ratio, band.from, band.to)!;
        const name = bandNames[band.kind];
        const room = width >= name.length * letter + around;
        setText(item.name, room ? name : "");
        if (item.root.title !== band.text) item.root.title = band.text;
        const className = `band ${band.kind}`;
        if (item.root.className !== className) item.root.className = className;
        place(item.root, left, 0);
        size(item.root, width, box.height);
        set(item.root, "background-position-x", `${phaseOf(band, frame, ratio, width)}px`);
      }
    },
  };
};

/**
 * Where the hatching begins, in CSS pixels: it is part of the data, and moves with them also where the
 * edge of the plot cuts a band off.
 */
function phaseOf({ from }: Band, { view, plot }: Frame, ratio: number, width: number): number {
  if (from >= view.from) return 0;
  const hidden = ((view.from - from) / (view.to - view.from)) * (plot.width / ratio);
  const phase = Number.isFinite(hidden) ? -hidden % tile : width % tile;
  return Math.round(phase * 100) / 100;
}

/** Those in view; of too many the widest. */
function widest(bands: readonly Band[], view: View): readonly Band[] {
  const inView = bands.filter(({ from, to }) => to > view.from && from < view.to);
  if (inView.length <= maxBands) return inView;
  return inView.sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, maxBands);
}

function makeItem(box: HTMLElement): Item {
  const name = make("span", "band-name");
  const root = make("div", "band", name);
  box.append(root);
  return { root, name };
}

function removeItem({ root }: Item): void {
  root.remove();
}

// Tiles, not stripes of the whole: those would begin elsewhere with each change of the width. A stripe
// goes through the middle of a tile, and those of its neighbours through two of its corners.
const stripes = (angle: number, every: number) => `
  background-image: linear-gradient(${angle}deg, var(--hatch) 0.5px, transparent 0.5px calc(50% - 0.5px),
    var(--hatch) calc(50% - 0.5px) calc(50% + 0.5px), transparent calc(50% + 0.5px) calc(100% - 0.5px),
    var(--hatch) calc(100% - 0.5px));
  background-size: ${every}px ${every}px;`;

export const bandsCss = `
.band { --hatch: color-mix(in srgb, var(--quiet) 40%, transparent); }
.band.silent {${stripes(135, 16)}}
.band.offline {${stripes(45, 8)}}
.band.paused {
  background-image: linear-gradient(var(--hatch) 1px, transparent 1px);
  background-size: 8px 8px;
}
.band.retention {
  background-image: linear-gradient(90deg, var(--hatch) 1px, transparent 1px),
    linear-gradient(var(--hatch) 1px, transparent 1px);
  background-size: 16px 16px;
}
.band.reduced {
  background-image: radial-gradient(circle at 2px 2px, var(--hatch) 1px, transparent 1.2px);
  background-size: 8px 8px;
}
.band-name {
  position: absolute;
  inset: 4px auto auto 4px;
  padding: 0 4px;
  color: var(--quiet);
  background: var(--raised);
  border-radius: 3px;
  font-size: 11px;
  line-height: 16px;
  white-space: nowrap;
}
.band-name:empty { display: none; }
@media (forced-colors: active) {
  .band { --hatch: GrayText; forced-color-adjust: none; }
  .band-name { color: CanvasText; background: Canvas; }
}
`;
