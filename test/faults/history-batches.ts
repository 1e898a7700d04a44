import assert from "node:assert/strict";
import type { Sample } from "@plotcast/protocol";
import type { Points } from "../../packages/server/src/store/points.ts";
import { seededRandom } from "../random.ts";

/**
 * A sender whose every batch follows from its number alone: so whoever knows which batches were
 * acknowledged knows every sample that must be there.
 */
export type Plan = {
  readonly seed: number;
  /** What the sender's clock shows at batch 0, Unix ms; it goes on by `batchMs` with each. */
  readonly begin: number;
};

/** How many batches may be on their way at once. */
export const maxWaiting = 4;
export const batchMs = 5 * 60_000;
const second = 1000;
const hour = 3_600_000;
const day = 24 * hour;
/** Between two samples of a series. In binary exact, so that a late run meets times that are there. */
const steps = [62.5, 250, second, 5 * second, 30 * second];
/** Of some series all comes in order, of each sample one: their heads are sealed in part. */
const steadyEvery = 4;
const seriesNames = Array.from({ length: 12 }, (_, index) => `s${index}`);

const noPoints: Points = { times: new Float64Array(0), values: new Float64Array(0) };

/** Small and large ones, of few and of many series; a third of the runs in them comes late. */
export function batchOf({ seed, begin }: Plan, number: number): Sample[] {
  const random = seededRandom(seed + Math.imul(number, 0x9e3779b1));
  const now = begin + number * batchMs;
  const size = random() < 0.4 ? 1 + random() * 5 : 1 + random() ** 3 * 6000;
  const runs = 1 + Math.floor(random() * 4);
  const samples = Array.from({ length: runs }, () => {
    const which = Math.floor(random() * seriesNames.length);
    const steady = which % steadyEvery === 0;
    const step = steps[steady ? 0 : which % steps.length]!;
    const late = latenessMs(random);
    const from = Math.floor((steady ? now : now - late) / step) * step;
    const length = steady
      ? Math.min(Math.ceil(size), batchMs / step)
      : Math.min(Math.ceil(size / runs), day / step);
    return Array.from({ length }, (_, i) => sampleOf(which, from + i * step, random));
  }).flat();
  // Of two at one time in one batch the later wins, too.
  const again = samples.filter(({ series }) => {
    return seriesNames.indexOf(series) % steadyEvery !== 0 && random() < 0.01;
  });
  return [
    ...samples,
    ...again.map(({ series, time }) => sampleOf(seriesNames.indexOf(series), time, random)),
  ];
}

function latenessMs(random: () => number): number {
  const kind = random();
  if (kind < 0.65) return 0;
  if (kind < 0.8) return random() * 60 * second;
  return random() * (kind < 0.95 ? hour : 3 * day);
}

/** Whether it is null depends on its place alone: so no overwriting makes a count smaller. */
function sampleOf(which: number, time: number, random: () => number): Sample {
  const series = seriesNames[which]!;
  if ((time / 62.5) % 53 === 7) return { series, time, value: null };
  if (which % 3 === 0) return { series, time, value: Math.round(random() * 10_000) / 100 };
  return { series, time, value: which % 3 === 1 ? random() : Math.floor(random() * 1e6) };
}

/** What must be there: the last write of each sample of all acknowledged batches. */
export class Model {
  readonly #plan: Plan;
  readonly #series = new Map(seriesNames.map((name) => [name, new Map<number, number>()]));
  #acknowledged = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** The first batches, up to this one, were acknowledged. */
  advance(acknowledged: number): void {
    while (this.#acknowledged < acknowledged) {
      for (const { series, time, value } of batchOf(this.#plan, ++this.#acknowledged)) {
        this.#series.get(series)!.set(time, value ?? Number.NaN);
      }
    }
  }

  /** Forgets what retention has dropped, and returns how much that was. */
  drop(before: number): number {
    let dropped = 0;
    for (const samples of this.#series.values()) {
      for (const time of samples.keys()) if (time < before && samples.delete(time)) dropped++;
    }
    return dropped;
  }

  /**
   * Fails unless that was found, as far as it is from `since` on, and nothing else but what any of the
   * `later` batches may have written. Returns how many samples that was.
   */
  assertIs(
    found: ReadonlyMap<string, Points>,
    { since = Number.NEGATIVE_INFINITY, later = 0, without = [] as readonly string[] } = {},
    what: unknown = "",
  ): number {
    const maybe = this.#after(later);
    let samples = 0;
    for (const [series, wanted] of this.#series) {
      if (without.includes(series)) continue;
      const { times, values } = found.get(series) ?? noPoints;
      let known = 0;
      for (const [i, time] of times.entries()) {
        const where = `${series} at ${new Date(time).toISOString()} ${what}`;
        if (i > 0 && !(time > times[i - 1]!)) assert.fail(`there twice: ${where}`);
        if (time >= since && wanted.has(time)) known++;
        const allowed = [wanted.get(time), ...(maybe.get(`${series} ${time}`) ?? [])];
        if (allowed.some((value) => Object.is(value, values[i]))) continue;
        assert.fail(`expected ${allowed.join(" or ")}, found ${values[i]}: ${where}`);
      }
      const kept = wanted.keys().reduce((count, time) => count + Number(time >= since), 0);
      assert.equal(known, kept, `samples of ${series} ${what}`);
      samples += known;
    }
    return samples;
  }

  /** What batches after the acknowledged ones would write. */
  #after(batches: number): Map<string, number[]> {
    const all = new Map<string, number[]>();
    for (let i = 1; i <= batches; i++) {
      for (const { series, time, value } of batchOf(this.#plan, this.#acknowledged + i)) {
        const key = `${series} ${time}`;
        all.set(key, [...(all.get(key) ?? []), value ?? Number.NaN]);
      }
    }
    return all;
  }
}
