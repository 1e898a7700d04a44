/** How far columns of a line have moved, beyond the sliding of the whole. */
export type Shimmer = {
  readonly columns: number;
  readonly moved: number;
  readonly changed: number;
};

/**
 * Looks at a canvas in every frame and compares where the ink of each column begins and ends with the
 * frame before, moved by whole pixels as far as suits best. Only colours count as ink: axes are grey.
 */
export class ColumnWatch {
  readonly #find: () => HTMLCanvasElement | undefined;
  #before: Profile | undefined;
  #columns = 0;
  #moved = 0;
  #changed = 0;

  constructor(find: () => HTMLCanvasElement | undefined) {
    this.#find = find;
  }

  look(): void {
    const canvas = this.#find();
    if (!canvas || canvas.width === 0) return;
    const profile = profileOf(canvas);
    const before = this.#before;
    this.#before = profile;
    if (!before || before.tops.length !== profile.tops.length) return;
    if (same(before, profile)) return;
    let best = compare(before, profile, 0);
    for (let shift = 1; shift <= 12; shift++) {
      const other = compare(before, profile, shift);
      if (other.changed < best.changed) best = other;
    }
    this.#columns += best.columns;
    this.#moved += best.moved;
    this.#changed += best.changed;
  }

  take(): Shimmer {
    const taken = { columns: this.#columns, moved: this.#moved, changed: this.#changed };
    this.#columns = this.#moved = this.#changed = 0;
    return taken;
  }
}

type Profile = { readonly tops: Int16Array; readonly bottoms: Int16Array };

/** Edges are the axes' and the newest samples': what is drawn there is still growing. */
const margin = { left: 70, right: 60 };

function profileOf(canvas: HTMLCanvasElement): Profile {
  const { width, height } = canvas;
  const copy = new OffscreenCanvas(width, height);
  const context = copy.getContext("2d", { willReadFrequently: true })!;
  context.drawImage(canvas, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const tops = new Int16Array(width).fill(-1);
  const bottoms = new Int16Array(width).fill(-1);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 4) {
      const [r, g, b, a] = [data[i]!, data[i + 1]!, data[i + 2]!, data[i + 3]!];
      if (a < 100 || Math.max(r, g, b) - Math.min(r, g, b) < 60) continue;
      if (tops[x]! < 0) tops[x] = y;
      bottoms[x] = y;
    }
  }
  return { tops, bottoms };
}

function same(a: Profile, b: Profile): boolean {
  return a.tops.every((top, x) => top === b.tops[x] && a.bottoms[x] === b.bottoms[x]);
}

function compare(before: Profile, after: Profile, shift: number): Shimmer {
  let [columns, moved, changed] = [0, 0, 0];
  for (let x = margin.left; x < after.tops.length - margin.right - shift; x++) {
    const top = Math.abs(after.tops[x]! - before.tops[x + shift]!);
    const bottom = Math.abs(after.bottoms[x]! - before.bottoms[x + shift]!);
    columns++;
    if (top > 1 || bottom > 1) moved++;
    if (top > 0 || bottom > 0) changed++;
  }
  return { columns, moved, changed };
}
