/** The y axis: its ends, and the distance of its ticks. All three are multiples of a round number. */
export type Scale = {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly ticks: readonly number[];
};

/** A range that became too wide stays this long: what is past may come again. */
const patienceMs = 5000;
/** And it only shrinks when that gives the data this much more room. */
const worthwhile = 0.8;
/** Ends of the number line we draw; beyond, the difference of two numbers is infinite. */
const maxMagnitude = 4e307;
const minMagnitude = 1e-290;

/**
 * The y range of a chart over time: grows at once, so nothing is ever cut off, and shrinks slowly,
 * so that an axis does not jump with every sample that leaves.
 */
export class Range {
  #scale: Scale | undefined;
  #maxTicks = 0;
  #wideSince = Number.POSITIVE_INFINITY;

  /** The scale for data between `min` and `max`, on which about `maxTicks` labels fit. */
  next(min: number, max: number, maxTicks: number, now: number): Scale {
    const [low, high] = padded(min, max);
    const held = this.#scale;
    const fits = niceScale(low, high, maxTicks);
    if (!held || maxTicks !== this.#maxTicks) {
      this.#hold(fits, maxTicks);
    } else if (low < held.min || high > held.max) {
      this.#hold(niceScale(Math.min(low, held.min), Math.max(high, held.max), maxTicks), maxTicks);
    } else if (fits.max - fits.min > worthwhile * (held.max - held.min)) {
      this.#wideSince = Number.POSITIVE_INFINITY;
    } else if (now - this.#wideSince >= patienceMs) {
      this.#hold(fits, maxTicks);
    } else {
      this.#wideSince = Math.min(this.#wideSince, now);
    }
    return this.#scale!;
  }

  /** What was last returned; undefined before any data. */
  get scale(): Scale | undefined {
    return this.#scale;
  }

  /** Starts over: the data are others now. */
  reset(): void {
    this.#scale = undefined;
  }

  #hold(scale: Scale, maxTicks: number): void {
    this.#scale = scale;
    this.#maxTicks = maxTicks;
    this.#wideSince = Number.POSITIVE_INFINITY;
  }
}

/** The narrowest scale with round ends that holds both numbers. */
export function niceScale(min: number, max: number, maxTicks: number): Scale {
  // One interval cannot have zero inside, however long it is.
  const intervals = Math.max(2, maxTicks - 1);
  let exponent = Math.floor(Math.log10((max - min) / intervals));
  for (;;) {
    for (const mantissa of [1, 2, 2.5, 5]) {
      const step = multiple(mantissa, exponent);
      // A hair of tolerance: 0.3 / 0.1 is less than three.
      const from = Math.floor(min / step + 1e-9);
      const to = Math.max(from + 1, Math.ceil(max / step - 1e-9));
      if (to - from > intervals) continue;
      const ticks = Array.from({ length: to - from + 1 }, (_, i) =>
        multiple((from + i) * mantissa, exponent),
      );
      return { min: ticks[0]!, max: ticks.at(-1)!, step, ticks };
    }
    exponent++;
  }
}

// Dividing by a power of ten gives the nearest float; multiplying by a negative one does not.
function multiple(mantissa: number, exponent: number): number {
  return exponent < 0 ? mantissa / 10 ** -exponent : mantissa * 10 ** exponent;
}

/** Room around a flat line; zero as the base where the data are not far from it. */
function padded(min: number, max: number): [number, number] {
  const low = clamp(Math.min(min, max));
  const high = clamp(Math.max(min, max));
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (size < minMagnitude) return [0, 1];
  if (high - low < size * 1e-12) {
    const room = size * 0.05;
    return [low - room, high + room];
  }
  if (low > 0 && low < 0.35 * high) return [0, high];
  if (high < 0 && high > 0.35 * low) return [low, 0];
  return [low, high];
}

function clamp(value: number): number {
  return Math.max(-maxMagnitude, Math.min(maxMagnitude, value));
}
