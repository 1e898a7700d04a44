import type { View } from "../window.ts";

const initialPoints = 256;

type Columns = {
  times: Float64Array;
  values: Float64Array;
  /** Of lines that are stacked; otherwise empty. */
  bases: Float64Array;
  starts: Uint8Array;
  length: number;
};

/**
 * The points of a line, and those of the time before: what differs is found by looking at both. The
 * arrays are used again, in turns.
 */
export class Points {
  readonly #hasBases: boolean;
  #now: Columns;
  #before: Columns;
  #from = Number.NEGATIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;
  #fromBefore = Number.NEGATIVE_INFINITY;

  constructor(hasBases: boolean) {
    this.#hasBases = hasBases;
    this.#now = columns(initialPoints, hasBases);
    this.#before = columns(initialPoints, hasBases);
  }

  get times(): Float64Array {
    return this.#now.times;
  }

  get values(): Float64Array {
    return this.#now.values;
  }

  /** Of lines that are stacked. */
  protected get lower(): Float64Array {
    return this.#now.bases;
  }

  get starts(): Uint8Array {
    return this.#now.starts;
  }

  get length(): number {
    return this.#now.length;
  }

  /** Begins anew: what was there is what was before. */
  protected turn({ from, to }: View): void {
    [this.#now, this.#before] = [this.#before, this.#now];
    this.#now.length = 0;
    this.#fromBefore = this.#from;
    this.#from = from;
    this.#to = to;
  }

  /**
   * Adds a point: the time at `i` of one array, the value at `j` of another, and after it the base, if
   * there are any. By index, because numbers that are handed over one by one leave garbage behind. Of
   * the points beyond each edge of the view, the one next to it is kept.
   */
  copy(times: Float64Array, i: number, values: Float64Array, j: number, start: boolean): void {
    const now = this.#now;
    const time = times[i]!;
    if (time < this.#from) now.length = 0;
    const at = now.length;
    if (at > 0 && now.times[at - 1]! > this.#to) return;
    if (at === now.times.length) this.#grow(now);
    now.times[at] = time;
    now.values[at] = values[j]!;
    now.starts[at] = start || at === 0 ? 1 : 0;
    if (this.#hasBases) now.bases[at] = values[j + 1]!;
    now.length++;
  }

  /**
   * Adds the points of two arrays from one index up to before another, none of them beyond the one next
   * to an edge of the view. The first is joined to what is there already, or not; the others are.
   */
  copyRun(
    times: Float64Array,
    values: Float64Array,
    from: number,
    to: number,
    start: boolean,
  ): void {
    const now = this.#now;
    const at = now.length;
    const length = at + to - from;
    while (length > now.times.length) this.#grow(now);
    for (let i = from, j = at; i < to; i++, j++) {
      now.times[j] = times[i]!;
      now.values[j] = values[i]!;
    }
    now.starts.fill(0, at, length);
    now.starts[at] = start || at === 0 ? 1 : 0;
    now.length = length;
  }

  /** The time of the first point that is not as it was before, as far as both times had it in view. */
  protected firstChange(): number {
    const [now, before] = [this.#now, this.#before];
    const from = Math.max(this.#from, this.#fromBefore);
    let i = firstAt(now, from);
    let j = firstAt(before, from);
    // The line enters from there, so it belongs to what is in view; what comes before it does not.
    const enters = i > 0 || j > 0;
    if (enters && !this.#same(i - 1, j - 1)) return Number.NEGATIVE_INFINITY;
    const matching = this.#matching(i, j);
    i += matching;
    j += matching;
    const time = i < now.length ? now.times[i]! : Number.POSITIVE_INFINITY;
    const timeBefore = j < before.length ? before.times[j]! : Number.POSITIVE_INFINITY;
    return Math.min(time, timeBefore);
  }

  /** How many points from here on are the same, and begin what they began. */
  #matching(i: number, j: number): number {
    const [now, before] = [this.#now, this.#before];
    const { times, values, starts } = now;
    const most = Math.min(now.length - i, before.length - j);
    let n = 0;
    while (
      n < most &&
      times[i + n] === before.times[j + n] &&
      values[i + n] === before.values[j + n] &&
      starts[i + n] === before.starts[j + n] &&
      (!this.#hasBases || now.bases[i + n] === before.bases[j + n])
    ) {
      n++;
    }
    return n;
  }

  #same(i: number, j: number): boolean {
    const [now, before] = [this.#now, this.#before];
    return (
      now.times[i] === before.times[j] &&
      now.values[i] === before.values[j] &&
      (!this.#hasBases || now.bases[i] === before.bases[j])
    );
  }

  #grow(now: Columns): void {
    const { times, values, bases, starts } = now;
    const wider = columns(times.length * 2, this.#hasBases);
    wider.times.set(times);
    wider.values.set(values);
    wider.bases.set(bases);
    wider.starts.set(starts);
    Object.assign(now, wider, { length: now.length });
  }
}

function columns(length: number, hasBases: boolean): Columns {
  return {
    times: new Float64Array(length),
    values: new Float64Array(length),
    bases: new Float64Array(hasBases ? length : 0),
    starts: new Uint8Array(length),
    length: 0,
  };
}

/** The index of the first point that is not before `time`. */
function firstAt({ times, length }: Columns, time: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
