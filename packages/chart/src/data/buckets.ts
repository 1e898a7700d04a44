/**
 * Buckets of a width, ascending, each with what a line and a legend need of its samples. Numbers of
 * one bucket lie side by side, so that buckets are added, taken away and put between others at once:
 *
 *   data[at + …]   key count sum broken omitted   first lowest highest last, each a time and a value
 *
 * `key` is the time divided by the width, rounded down. Only buckets with samples are here.
 */
export const size = 13;
export const keyOf = 0;
export const countOf = 1;
export const sumOf = 2;
/** `brokenBefore`, `brokenAfter`, both or none. */
export const brokenOf = 3;
/** How many were left out because a logarithm has no place for them. */
export const omittedOf = 4;
export const firstOf = 5;
export const lowestOf = 7;
export const highestOf = 9;
export const lastOf = 11;

/** The first value does not follow from what came before the bucket. */
export const brokenBefore = 1;
/** After the last value there is an absence. */
export const brokenAfter = 2;

const initialBuckets = 64;

export class Buckets {
  data = new Float64Array(initialBuckets * size);
  /** Where in `data` the first bucket is, and where the last one ends. */
  begin = 0;
  end = 0;

  get length(): number {
    return (this.end - this.begin) / size;
  }

  clear(): void {
    this.begin = this.end = 0;
  }

  /**
   * Adds a sample that is newer than all others. Not more than `floor` is absent, and NaN is. What
   * interrupts the line inside of a bucket, nobody sees: it is narrower than what is told apart.
   */
  take(key: number, time: number, value: number, interrupted: boolean, floor: number): void {
    let at = this.end - size;
    if (at < this.begin || this.data[at + keyOf] !== key) at = this.#open(key);
    const { data } = this;
    const isFirst = data[at + countOf] === 0;
    if (!(value > floor)) {
      data[at + brokenOf] = data[at + brokenOf]! | (isFirst ? brokenBefore : brokenAfter);
      if (value <= floor) data[at + omittedOf]!++;
      return;
    }
    data[at + countOf]!++;
    data[at + sumOf]! += value;
    data[at + lastOf] = time;
    data[at + lastOf + 1] = value;
    if (isFirst) {
      if (interrupted) data[at + brokenOf] = brokenBefore;
      data.copyWithin(at + firstOf, at + lastOf, at + lastOf + 2);
      data.copyWithin(at + lowestOf, at + lastOf, at + lastOf + 2);
      data.copyWithin(at + highestOf, at + lastOf, at + lastOf + 2);
      return;
    }
    data[at + brokenOf] = data[at + brokenOf]! & brokenBefore;
    if (value < data[at + lowestOf + 1]!) {
      data[at + lowestOf] = time;
      data[at + lowestOf + 1] = value;
    } else if (value > data[at + highestOf + 1]!) {
      data[at + highestOf] = time;
      data[at + highestOf + 1] = value;
    }
  }

  /** Where in `data` the first bucket is whose key is not less. */
  find(key: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.data[this.begin + middle * size + keyOf]! < key) low = middle + 1;
      else high = middle;
    }
    return this.begin + low * size;
  }

  /** Puts others in the place of those from one place in `data` to another. */
  replace(from: number, to: number, others: Buckets): void {
    const more = others.end - others.begin - (to - from);
    const wasFrom = from - this.begin;
    if (this.end + more > this.data.length) this.#grow(this.end - this.begin + more);
    const at = this.begin + wasFrom;
    this.data.copyWithin(at + others.end - others.begin, at + (to - from), this.end);
    this.data.set(others.data.subarray(others.begin, others.end), at);
    this.end += more;
  }

  #open(key: number): number {
    if (this.end === this.data.length) this.#grow(this.end - this.begin + size);
    const at = this.end;
    this.end += size;
    this.data.fill(0, at, this.end);
    this.data[at + keyOf] = key;
    return at;
  }

  /** At most twice as long as what is in it. */
  #grow(needed: number): void {
    const held = this.data.subarray(this.begin, this.end);
    if (needed > this.data.length / 2) {
      const data = new Float64Array(Math.max(this.data.length * 2, needed * 2));
      data.set(held);
      this.data = data;
    } else {
      this.data.copyWithin(0, this.begin, this.end);
    }
    this.end -= this.begin;
    this.begin = 0;
  }
}
