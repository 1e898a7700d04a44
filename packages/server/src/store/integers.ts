import { type BitReader, type BitWriter, bitsOf } from "./bits.ts";
import { fold, maxCodeBytes, readCodes, writeCodes } from "./rice.ts";

/*
 * A column of integers, as what they differ from what was expected:
 *
 *     | first, signed | unit, number | linear, 1 bit | weight, 5 bits | trust, 6 bits |
 *     | drift × 256, signed | differs, 1 bit | Rice codes, unless it is 0 |
 *
 *     signed: | negative, 1 bit | number |
 *
 * All integers are a multiple of the unit away from the first; with unit 0 nothing follows. A step
 * is from one integer to the next, in units, and is expected to be, rounded,
 *
 *     drift - weight / 32 × (what the step before differed)     if not linear
 *     the step before, at first the drift                       if linear
 *
 * The weight is 0 for a walk, and nearly 1 for noise around a level, where a step up is mostly
 * followed by one down: this is what makes the jitter of clocks cheap. A difference above 2^trust is
 * a new level, from which nothing comes back, and counts as 0 here. Linear is for smooth curves.
 */
const weightBits = 5;
const weightUnit = 2 ** weightBits;
const trustBits = 6;
const driftUnit = 256;

/** Where rounding what is expected costs more than a larger weight gains; see `maxDistance` also. */
const maxWeight = 29;

/**
 * How far an integer may be from the first. Up to here all that is computed is exact: a step is at
 * most 2^47, and with the largest weight differs by less than 2^47 / (1 - 29 / 32), folded 2^52.
 */
const maxDistance = 2 ** 46;

// Used again by every column.
let steps = new Float64Array(1024);
let folded = new Float64Array(1024);

/** Whether `encodeIntegers` can write the first n integers: if they are not too far apart. */
export function withinReach(integers: Float64Array, n: number): boolean {
  const first = integers[0]!;
  for (let i = 1; i < n; i++) if (Math.abs(integers[i]! - first) > maxDistance) return false;
  return true;
}

/** Writes the first n integers, of -2^53 to 2^53, which must be within reach. */
export function encodeIntegers(writer: BitWriter, integers: Float64Array, n: number): void {
  const unit = commonUnit(integers, n);
  writer.reserve(64);
  putSigned(writer, integers[0]!);
  writer.putNumber(unit);
  if (unit === 0) return;
  if (steps.length < n) {
    steps = new Float64Array(n);
    folded = new Float64Array(n);
  }
  for (let i = 1; i < n; i++) steps[i] = (integers[i]! - integers[i - 1]!) / unit;
  const model = modelOf(n);
  writer.put(model.linear ? 1 : 0, 1);
  writer.put(model.weight, weightBits);
  writer.put(model.trust, trustBits);
  putSigned(writer, model.drift * driftUnit);
  writer.put(model.exact ? 0 : 1, 1);
  if (model.exact) return;
  foldDifferences(n, model);
  writer.reserve(n * maxCodeBytes);
  writeCodes(writer, folded, 1, n);
}

/** The largest integer of which all distances to the first are multiples. */
function commonUnit(integers: Float64Array, n: number): number {
  const first = integers[0]!;
  let unit = 0;
  for (let i = 1; i < n && unit !== 1; i++) {
    const distance = Math.abs(integers[i]! - first);
    if (distance === 0) continue;
    // Faster than `%`, and exact if the unit divides; without a unit yet it is NaN.
    if (Math.floor(distance / unit) * unit !== distance) unit = commonDivisor(distance, unit);
  }
  return unit;
}

function commonDivisor(a: number, b: number): number {
  let [more, less] = [a, b];
  while (less !== 0) [more, less] = [less, more % less];
  return more;
}

type Model = {
  readonly linear: boolean;
  readonly weight: number;
  readonly trust: number;
  readonly drift: number;
  /** Nothing differs from what is expected. */
  readonly exact?: boolean;
};

/** What the steps are expected to be. Any model is right; a good one makes the codes short. */
function modelOf(n: number): Model {
  const mean = meanStep(n, 0, Number.POSITIVE_INFINITY);
  const spread = spreadOfSteps(n, mean, Number.POSITIVE_INFINITY);
  if (spread === 0) return { linear: false, weight: 0, trust: 0, drift: mean, exact: true };
  // Once more without what is far off: a pause in the times, a counter that was reset.
  const typical = meanStep(n, mean, 3 * spread);
  if (bends(n, typical)) return { linear: true, weight: 0, trust: 0, drift: Math.round(typical) };
  const far = 3 * spreadOfSteps(n, typical, 3 * spread);
  return {
    linear: false,
    weight: weightFor(correlation(n, typical, far)),
    trust: bitsOf(Math.ceil(far)),
    drift: Math.round(typical * driftUnit) / driftUnit,
  };
}

/** The mean of the steps that are not farther than `far` from `middle`. */
function meanStep(n: number, middle: number, far: number): number {
  let sum = 0;
  let count = 0;
  for (let i = 1; i < n; i++) {
    const step = steps[i]!;
    if (Math.abs(step - middle) > far) continue;
    sum += step;
    count++;
  }
  return sum / count;
}

/** The mean distance of the steps to `middle`, of those that are not farther than `far`. */
function spreadOfSteps(n: number, middle: number, far: number): number {
  let sum = 0;
  let count = 0;
  for (let i = 1; i < n; i++) {
    const distance = Math.abs(steps[i]! - middle);
    if (distance > far) continue;
    sum += distance;
    count++;
  }
  return sum / Math.max(1, count);
}

/** Whether a step is nearer to the one before it than to the typical one. */
function bends(n: number, typical: number): boolean {
  let around = 0;
  let change = 0;
  let before = 0;
  for (let i = 1; i < n; i++) {
    const off = steps[i]! - typical;
    around += Math.abs(off);
    change += Math.abs(off - before);
    before = off;
  }
  return change < around;
}

/** How steps go with the ones before them, -1 to 1; what is far off counts as just that far. */
function correlation(n: number, typical: number, far: number): number {
  let squares = 0;
  let products = 0;
  let before = 0;
  for (let i = 1; i < n; i++) {
    const off = Math.max(-far, Math.min(far, steps[i]! - typical));
    squares += off * off;
    products += off * before;
    before = off;
  }
  return squares > 0 ? products / squares : 0;
}

/** For noise (a correlation of -1/2) nearly 1, for a walk (0) or anything that goes on 0. */
function weightFor(correlation: number): number {
  const r = Math.max(-0.5, correlation);
  if (r >= 0) return 0;
  // Solves r = -w / (1 + w²), the correlation when each step takes back w of the one before.
  const weight = (Math.sqrt(1 - 4 * r * r) - 1) / (2 * r);
  return Math.min(maxWeight, Math.round(weight * weightUnit));
}

function foldDifferences(n: number, { linear, weight, trust, drift }: Model): void {
  const share = weight / weightUnit;
  const limit = 2 ** trust;
  let expected = Math.floor(drift + 0.5);
  for (let i = 1; i < n; i++) {
    const step = steps[i]!;
    const off = step - expected;
    folded[i] = fold(off);
    const back = Math.abs(off) > limit ? 0 : share * off;
    expected = linear ? step : Math.floor(drift - back + 0.5);
  }
}

/** Reads n integers to the front of `out`, each divided by `divisor` at last. */
export function decodeIntegers(
  reader: BitReader,
  out: Float64Array,
  n: number,
  divisor: number,
): void {
  const first = getSigned(reader);
  const unit = reader.getNumber();
  if (unit === 0) {
    out.fill(first / divisor, 0, n);
    return;
  }
  const linear = reader.get(1) === 1;
  const share = reader.get(weightBits) / weightUnit;
  const limit = 2 ** reader.get(trustBits);
  const drift = getSigned(reader) / driftUnit;
  const differs = reader.get(1) === 1;
  let expected = Math.floor(drift + 0.5);
  out[0] = first / divisor;
  if (!differs) {
    for (let i = 1; i < n; i++) out[i] = (first + unit * expected * i) / divisor;
    return;
  }
  readCodes(reader, out, 1, n);
  let units = 0;
  if (linear) {
    for (let i = 1; i < n; i++) {
      expected += out[i]!;
      units += expected;
      out[i] = (first + unit * units) / divisor;
    }
    return;
  }
  for (let i = 1; i < n; i++) {
    const off = out[i]!;
    units += expected + off;
    const back = Math.abs(off) > limit ? 0 : share * off;
    // Not `Math.round`: it branches, and a fraction cannot be predicted.
    expected = Math.floor(drift - back + 0.5);
    out[i] = (first + unit * units) / divisor;
  }
}

function putSigned(writer: BitWriter, integer: number): void {
  writer.put(integer < 0 ? 1 : 0, 1);
  writer.putNumber(Math.abs(integer));
}

function getSigned(reader: BitReader): number {
  return reader.get(1) === 1 ? -reader.getNumber() : reader.getNumber();
}
