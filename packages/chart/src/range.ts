import { Lazy } from "./lazy.ts";
import { decimal, type Round } from "./round.ts";

/** One axis of values: its ends, and its ticks. */
export type Scale = {
  readonly min: number;
  readonly max: number;
  /** The distance of ticks; 0 where they are not evenly apart. */
  readonly step: number;
  /** Ascending, two or more. */
  readonly ticks: readonly number[];
  readonly log: boolean;
};

/** What is asked of an axis. Without anything, its ends are found from the data. */
export type RangeOptions = {
  /** Fixed ends. */
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly log?: boolean;
  /** Zero is always in sight. */
  readonly zero?: boolean;
  /** Which ticks are round: those of the unit. */
  readonly round?: Round;
};

/** How a logarithmic axis is divided; until it is there, an axis is even. */
export const logarithms = new Lazy(() => import("./log-scale.ts"));

/** A range that became too wide stays this long: what is past may come again. */
const patienceMs = 5000;
/** And it only shrinks when that gives the data this much more room. */
const worthwhile = 0.8;
/** Ends of the number line we draw; beyond, the difference of two numbers is infinite. */
const maxMagnitude = 4e307;
const minMagnitude = 1e-290;
/** And of a logarithmic one. */
const logEnds = { least: 1e-300, most: 1e300 };
/** How far down a logarithmic axis goes that has nothing above zero to go by. */
const logDepth = 1000;
/** Below, there are too few powers of the base to make an axis of: its ticks are evenly apart. */
export const logWorthwhile = 4;
const hair = 1e-9;
/** A box zoom shows at least this part of a range: floats have no more to show. */
const leastFraction = 1e-6;

/**
 * The y range of a chart over time: grows at once, so nothing is ever cut off, and shrinks slowly,
 * so that an axis does not jump with every sample that leaves.
 */
export class Range {
  #scale: Scale | undefined;
  #maxTicks = 0;
  #wideSince = Number.POSITIVE_INFINITY;

  /**
   * The scale for data between `min` and `max`, on which about `maxTicks` labels fit. On a logarithmic
   * one, what is not above zero is not in sight.
   */
  next(min: number, max: number, maxTicks: number, now: number, options: RangeOptions = {}): Scale {
    const asked = {
      ...options,
      min: fixedEnd(options.min, options),
      max: fixedEnd(options.max, options),
    };
    const [low, high] = endsFor(min, max, asked);
    const held = this.#scale;
    const fits = scaleFor(low, high, maxTicks, asked);
    if (!held || maxTicks !== this.#maxTicks || held.log !== fits.log) {
      this.#hold(fits, maxTicks);
    } else if (low < held.min || high > held.max) {
      const both = [Math.min(low, held.min), Math.max(high, held.max)] as const;
      this.#hold(scaleFor(...both, maxTicks, asked), maxTicks);
    } else if (lengthOf(fits) > worthwhile * lengthOf(held)) {
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

  /** Starts over: the data are others now, or what is asked for is. */
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
export function niceScale(min: number, max: number, maxTicks: number, round = decimal): Scale {
  return evenScale(min, max, maxTicks, round, true);
}

/** The part of a scale between two fractions of it, 0 at its lower end, with ticks of its own. */
export function zoomed(
  scale: Scale,
  { from, to }: { readonly from: number; readonly to: number },
  maxTicks: number,
  round = decimal,
): Scale {
  const middle = (from + to) / 2;
  const half = Math.max(leastFraction, to - from) / 2;
  const min = valueAt(scale, middle - half);
  const max = valueAt(scale, middle + half);
  return min < max ? within(min, max, maxTicks, scale.log, round) : scale;
}

/**
 * The ends of data that are drawn with thresholds: one that is no further from them than they are
 * from each other is to be seen too, so that it can be seen coming.
 */
export function withThresholds(
  min: number,
  max: number,
  thresholds: Iterable<number>,
  log = false,
): [min: number, max: number] {
  const of = (value: number) => (log ? Math.log(value) : value / 2);
  // Of a flat line nobody can say how far it goes: as far as it is from zero.
  const reach = of(max) - of(min) || (log ? Math.log(logWorthwhile) : Math.abs(of(max)));
  let [low, high] = [min, max];
  for (const value of thresholds) {
    if (log && value <= 0) continue;
    if (value < low && of(min) - of(value) <= reach) low = value;
    if (value > high && of(value) - of(max) <= reach) high = value;
  }
  return [low, high];
}

function scaleFor(low: number, high: number, maxTicks: number, options: RangeOptions): Scale {
  const { log = false, round = decimal } = options;
  const logScale = log && logarithms.code?.logScale;
  const scale = (logScale || niceScale)(low, high, maxTicks, round);
  if (options.min === undefined && options.max === undefined) return scale;
  // Round ends may be inside of the data by a hair, which is all that there is between the smallest.
  const min = options.min === undefined ? Math.min(scale.min, low) : low;
  const max = options.max === undefined ? Math.max(scale.max, high) : high;
  const ticks = scale.ticks.filter((tick) => tick >= min && tick <= max);
  return ticks.length < 2
    ? within(min, max, maxTicks, scale.log, round)
    : { ...scale, min, max, ticks };
}

/** A scale that ends exactly there. */
function within(min: number, max: number, maxTicks: number, log: boolean, round: Round): Scale {
  const logScale = log && logarithms.code?.logScale;
  const scale = (logScale || evenScale)(min, max, maxTicks, round);
  const ticks = scale.ticks.filter((tick) => tick >= min && tick <= max);
  if (ticks.length > 1) return { ...scale, min, max, ticks };
  if (log) return { ...within(min, max, maxTicks, false, round), log };
  // Between two floats that are next to each other nothing is round.
  return { min, max, step: max - min, ticks: [min, max], log };
}

/** With the first round step of which enough fit: `around` both numbers, or between them. */
function evenScale(
  min: number,
  max: number,
  maxTicks: number,
  { steps }: Round,
  around = false,
): Scale {
  // One interval cannot have zero inside, however long it is; and two could leave one tick alone.
  const most = Math.max(2, maxTicks - 1);
  // Of what is no stretch there are no steps, and the search for them had no end.
  const rough = Math.max(0, max - min || 0) / (most + 1);
  for (const { times, over } of steps(rough)) {
    const step = times / over;
    // A hair of tolerance: 0.3 / 0.1 is less than three.
    let from = Math.floor(min / step + hair);
    let to = Math.max(from + 1, Math.ceil(max / step - hair));
    if (!around) {
      from = Math.ceil(min / step - hair);
      to = Math.floor(max / step + hair);
    }
    if (!(to - from <= most)) continue;
    const length = Math.max(0, to - from + 1);
    const ticks = Array.from({ length }, (_, i) => ((from + i) * times) / over);
    return { min: ticks[0]!, max: ticks.at(-1)!, step, ticks, log: false };
  }
  throw new Error("BUG: round steps came to an end");
}

/** The ends that are asked for, or that suit the data. */
function endsFor(min: number, max: number, options: RangeOptions): [number, number] {
  const { min: least, max: most, log = false, zero = false } = options;
  const found = log ? positive(min, max) : padded(min, max, zero);
  const low = least ?? found[0];
  const high = most ?? found[1];
  if (low < high) return [low, high];
  // All data are beyond an end that is fixed: the other has to be somewhere.
  const room = Math.max(minMagnitude, Math.abs(most === undefined ? low : high) / 10);
  if (most === undefined) return [low, log ? low * 10 : low + room];
  return [log ? high / 10 : high - room, high];
}

/** A logarithmic axis cannot end at zero or below: that is not asked for then. */
function fixedEnd(end: number | undefined, { log = false }: RangeOptions): number | undefined {
  if (end === undefined || (log && end <= 0)) return undefined;
  // With room for the other end, should all data be beyond this one.
  return log ? Math.max(10 * logEnds.least, Math.min(logEnds.most / 10, end)) : clamp(end);
}

function positive(min: number, max: number): [number, number] {
  const high = logClamp(max > 0 ? max : 1);
  const low = logClamp(min > 0 ? min : high / logDepth);
  return high - low < high * 1e-12 ? [logClamp(low * 0.95), logClamp(high * 1.05)] : [low, high];
}

/** Room around a flat line; zero as the base where the data are not far from it. */
function padded(min: number, max: number, zero: boolean): [number, number] {
  let low = clamp(Math.min(min, max));
  let high = clamp(Math.max(min, max));
  if (zero) {
    low = Math.min(low, 0);
    high = Math.max(high, 0);
  }
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

/** What is no number is taken for zero: without an end, the search for ticks had none either. */
function clamp(value: number): number {
  return Math.max(-maxMagnitude, Math.min(maxMagnitude, value || 0));
}

function logClamp(value: number): number {
  return Math.max(logEnds.least, Math.min(logEnds.most, value));
}

function lengthOf({ min, max, log }: Scale): number {
  return log ? Math.log(max) - Math.log(min) : max - min;
}

function valueAt({ min, max, log }: Scale, fraction: number): number {
  if (!log) return min + fraction * (max - min);
  return Math.exp(Math.log(min) + fraction * (Math.log(max) - Math.log(min)));
}
