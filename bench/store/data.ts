import { seededRandom } from "../../test/random.ts";

/** Samples of one series in columns of equal length; times are Unix ms, ascending. */
export type Columns = {
  readonly series: string;
  readonly times: Float64Array;
  readonly values: Float64Array;
};

/**
 * What is measured with: from what compresses best to what does not compress. Each is a function
 * that makes the next value of one series.
 */
const makers = {
  /** A random walk, two decimals. */
  walk: (random: () => number) => {
    let at = 50;
    return () => {
      at += 0.1 * normal(random);
      return Math.round(at * 100) / 100;
    };
  },
  /** A processor's load in percent, one decimal: a slow wave and noise on it. */
  cpu: (random: () => number) => {
    let second = 86_400 * random();
    return () => {
      const wave = 30 + 20 * Math.sin((2 * Math.PI * second++) / 86_400);
      return Math.round(10 * Math.min(100, Math.max(0, wave + 3 * normal(random)))) / 10;
    };
  },
  /** Bytes sent: whole numbers that only grow. */
  counter: (random: () => number) => {
    let sent = 0;
    return () => {
      sent += Math.floor(10_000 * random());
      return sent;
    };
  },
  constant: () => () => 21.5,
  /** Every bit of the fraction is random. */
  noise: (random: () => number) => () =>
    (100 * (Math.floor(random() * 2 ** 27) * 2 ** 26 + Math.floor(random() * 2 ** 26))) / 2 ** 53,
} satisfies Record<string, (random: () => number) => () => number>;

export type SetName = keyof typeof makers;

export const setNames = Object.keys(makers) as SetName[];

/** The first values of a series of a set; the same ones for the same set and index in every run. */
export function valuesOf(set: SetName, index: number, length: number): Float64Array {
  const next = makers[set](seededRandom(setNames.indexOf(set) * 1_000_003 + index));
  return Float64Array.from({ length }, next);
}

/** Evenly spaced times; with `jitterMs` each is off by a normal deviate of that width, in whole ms. */
export function timesFrom(
  start: number,
  stepMs: number,
  length: number,
  jitter?: { readonly ms: number; readonly seed: number },
): Float64Array {
  const random = jitter && seededRandom(jitter.seed);
  return Float64Array.from({ length }, (_, i) => {
    const off = random ? Math.round(jitter.ms * normal(random)) : 0;
    return start + i * stepMs + off;
  });
}

/** `count` series of a set, `length` samples each, one a second. */
export function* seriesOf(
  set: SetName,
  count: number,
  length: number,
  start: number,
  jitterMs = 0,
): Generator<Columns> {
  for (let index = 0; index < count; index++) {
    const jitter = jitterMs > 0 ? { ms: jitterMs, seed: index } : undefined;
    yield {
      series: `${set}${index}`,
      times: timesFrom(start, 1000, length, jitter),
      values: valuesOf(set, index, length),
    };
  }
}

/** Near enough to a standard normal deviate, and cheap: the sum of four uniform ones. */
function normal(random: () => number): number {
  return (random() + random() + random() + random() - 2) * Math.sqrt(3);
}
