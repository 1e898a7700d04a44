import type { Line } from "../renderer.ts";
import type { View } from "../window.ts";
import { bucketsFor } from "./decimate.ts";
import { Points } from "./points.ts";

/** More times per device pixel than this are thinned to those of the least and the greatest sums. */
const densest = 4;
const initialTimes = 1024;

const point = new Float64Array(3);

/** One layer of a stack: its values are sums, its bases the sums below it. Its arrays are used again. */
export class StackedLine extends Points implements Line {
  marked = false;
  changedFrom = Number.NEGATIVE_INFINITY;
  /** Of values and bases inside the view; infinite when there are none. */
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  #view: View = { from: 0, to: 0 };

  constructor() {
    super(true);
  }

  get bases(): Float64Array {
    return this.lower;
  }

  begin(view: View): void {
    this.#view = view;
    this.turn(view);
    this.min = Number.POSITIVE_INFINITY;
    this.max = Number.NEGATIVE_INFINITY;
  }

  push(time: number, value: number, start: boolean, base: number): void {
    point[0] = time;
    point[1] = value;
    point[2] = base;
    this.copy(point, 0, point, 1, start);
    if (time < this.#view.from || time > this.#view.to) return;
    this.min = Math.min(this.min, value, base);
    this.max = Math.max(this.max, value, base);
  }

  end(isOther: boolean): void {
    this.changedFrom = isOther ? Number.NEGATIVE_INFINITY : this.firstChange();
  }
}

/**
 * Puts lines on top of each other, the first one at the bottom.
 *
 * A layer has a point wherever one of its lines has one: between them all are straight, so that sums
 * are exact. Where a line is interrupted it adds nothing; the layers above it are interrupted at both
 * ends of that, where they have two points of one time, because a slope there would show values that
 * never were. A point that is joined to no other is drawn on what is below it and adds nothing above.
 */
export class Stack {
  #layers: StackedLine[] = [];
  #lines: readonly Line[] = [];
  #union = new Float64Array(initialTimes);
  #spare = new Float64Array(initialTimes);
  #count = 0;
  /** Sums of the layers so far at each time, just before it and just after. */
  #before = new Float64Array(initialTimes);
  #after = new Float64Array(initialTimes);
  readonly #at = new Place();

  /** A layer for each line, valid until the next call. All lines are of this view. */
  fill(lines: readonly Line[], view: View, pixels: number): readonly StackedLine[] {
    const isOther =
      lines.length !== this.#lines.length || lines.some((line, i) => line !== this.#lines[i]);
    if (isOther) {
      this.#lines = [...lines];
      this.#layers = lines.map((_, i) => this.#layers[i] ?? new StackedLine());
    }
    this.#unite(lines);
    if (this.#count > densest * pixels) this.#thin(lines, bucketsFor(view, pixels));
    this.#startSums();
    for (const [i, layer] of this.#layers.entries()) {
      layer.begin(view);
      layer.marked = lines[i]!.marked;
      this.#fillLayer(layer, lines[i]!);
      layer.end(isOther);
    }
    return this.#layers;
  }

  #unite(lines: readonly Line[]): void {
    this.#count = 0;
    for (const { times, length } of lines) {
      const needed = this.#count + length;
      if (needed > this.#spare.length) this.#spare = new Float64Array(needed * 2);
      const held = this.#union;
      const into = this.#spare;
      const count = this.#count;
      let to = 0;
      let j = 0;
      for (let i = 0; i < count; i++) {
        const time = held[i]!;
        while (j < length && times[j]! < time) into[to++] = times[j++]!;
        if (j < length && times[j] === time) j++;
        into[to++] = time;
      }
      while (j < length) into[to++] = times[j++]!;
      this.#union = into;
      this.#spare = held;
      this.#count = to;
    }
  }

  /** Of the times in each bucket keeps two, those of the extremes; and the first and the last of all. */
  #thin(lines: readonly Line[], width: number): void {
    this.#startSums();
    for (const line of lines) {
      this.#at.begin(line);
      for (let i = 0; i < this.#count; i++) {
        if (this.#at.move(this.#union[i]!)) this.#after[i]! += this.#at.value;
      }
    }
    const times = this.#union;
    const sums = this.#after;
    const count = this.#count;
    let to = 0;
    for (let i = 0; i < count; ) {
      const key = Math.floor(times[i]! / width);
      let least = i;
      let greatest = i;
      let end = i + 1;
      for (; end < count && Math.floor(times[end]! / width) === key; end++) {
        if (sums[end]! < sums[least]!) least = end;
        if (sums[end]! > sums[greatest]!) greatest = end;
      }
      const early = i === 0 ? 0 : Math.min(least, greatest);
      const late = end === count ? count - 1 : Math.max(least, greatest);
      times[to++] = times[early]!;
      if (late > early) times[to++] = times[late]!;
      i = end;
    }
    this.#count = to;
  }

  #startSums(): void {
    if (this.#before.length < this.#count) {
      this.#before = new Float64Array(this.#union.length);
      this.#after = new Float64Array(this.#union.length);
    } else {
      this.#before.fill(0, 0, this.#count);
      this.#after.fill(0, 0, this.#count);
    }
  }

  #fillLayer(layer: StackedLine, line: Line): void {
    const times = this.#union;
    const before = this.#before;
    const after = this.#after;
    const at = this.#at;
    at.begin(line);
    for (let i = 0; i < this.#count; i++) {
      const time = times[i]!;
      if (!at.move(time)) continue;
      const { value, hasBefore, hasAfter } = at;
      const low = before[i]!;
      const lowAfter = after[i]!;
      // Where times are thinned, a line may have begun since the last one that is left.
      const joins = hasBefore && i > 0 && times[i - 1]! >= at.since;
      if (hasBefore) layer.push(time, low + value, !joins, low);
      if (!hasBefore || (hasAfter && low !== lowAfter)) {
        layer.push(time, lowAfter + value, true, lowAfter);
      }
      if (hasBefore) before[i] = low + value;
      if (hasAfter) after[i] = lowAfter + value;
    }
  }
}

const nothing: Pick<Line, "times" | "values" | "starts" | "length"> = {
  times: new Float64Array(),
  values: new Float64Array(),
  starts: new Uint8Array(),
  length: 0,
};

/** A place on a line, which moves from left to right. */
class Place {
  value = 0;
  /** Whether the line is there just before the place, and just after. */
  hasBefore = false;
  hasAfter = false;
  /** Since when the line is not interrupted. */
  since = 0;
  #line = nothing;
  #index = -1;

  begin(line: Line): void {
    this.#line = line;
    this.#index = -1;
  }

  /** Goes on to a later time; whether the line is there. */
  move(time: number): boolean {
    const { times, values, starts, length } = this.#line;
    let i = this.#index;
    while (i + 1 < length && times[i + 1]! <= time) {
      i++;
      if (starts[i] !== 0) this.since = times[i]!;
    }
    this.#index = i;
    if (i < 0) return false;
    const isPoint = times[i] === time;
    this.hasAfter = i + 1 < length && starts[i + 1] === 0;
    this.hasBefore = isPoint ? starts[i] === 0 : this.hasAfter;
    if (!isPoint && !this.hasAfter) return false;
    this.value = values[i]!;
    if (!isPoint) {
      const part = (time - times[i]!) / (times[i + 1]! - times[i]!);
      this.value = values[i]! * (1 - part) + values[i + 1]! * part;
    }
    return true;
  }
}
