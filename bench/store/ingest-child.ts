import { answerParent } from "./child.ts";
import { Feeder, manySeries, namesOf, openOurs, sealedIn, withEarlyMinutes } from "./ours.ts";

/** What `ingest-child.ts` is asked: to fill up, then to measure `parts` times `samples`. */
export type IngestQuestion = {
  readonly dir: string;
  readonly series: number;
  readonly fill: number;
  readonly samples: number;
  readonly parts: number;
  /**
   * So many minutes before all else have one sample each, from the beginning of a row of rollups on: how
   * long the row is that is written again with each chunk counts, and series have not been there for long.
   */
  readonly minutes?: number;
};

export type IngestAnswer = {
  /** Of each part, in its order. */
  readonly parts: readonly {
    /** Samples a second, wall clock. */
    readonly rate: number;
    /** Microseconds of processor for each sample, of all threads. */
    readonly cpuUs: number;
    /** Samples that were put into chunks meanwhile, and into how many. */
    readonly sealed: number;
    readonly chunks: number;
    /** Samples in no chunk at its end. */
    readonly unsealed: number;
  }[];
  /** What making the samples costs, which is part of the above. */
  readonly makingUs: number;
};

/** Of a row of minutes. */
const rowSeconds = 6 * 3600;

await answerParent(async ({ dir, series, fill, samples, parts, minutes = 0 }: IngestQuestion) => {
  const names = namesOf(series);
  const seconds = Math.ceil((fill + parts * samples) / series);
  const before = Math.floor((Date.now() / 1000 - seconds) / rowSeconds) * rowSeconds;
  const start = 1000 * (minutes > 0 ? before : Math.floor(Date.now() / 1000) - seconds);
  let feeder: Feeder | undefined;
  const ours = await openOurs(dir, () => feeder?.time ?? start);
  const feed = manySeries("walk", names, start + 60_000 * minutes);
  feeder = new Feeder(ours, withEarlyMinutes(feed, minutes));
  await feeder.feed(fill);
  const measured: IngestAnswer["parts"][number][] = [];
  for (let part = 0; part < parts; part++) {
    // Answered in its turn, when the store has taken in all that came before.
    const before = await sealedIn(ours);
    const began = performance.now();
    const cpu = process.cpuUsage();
    await feeder.feed(samples);
    const after = await sealedIn(ours);
    const { user, system } = process.cpuUsage(cpu);
    measured.push({
      rate: (samples / (performance.now() - began)) * 1000,
      cpuUs: (user + system) / samples,
      sealed: after.samples - before.samples,
      chunks: after.chunks - before.chunks,
      unsealed: after.unsealed,
    });
  }
  await ours.close();
  return { parts: measured, makingUs: making(feeder) } satisfies IngestAnswer;
});

function making(feeder: Feeder): number {
  const calls = 400;
  const cpu = process.cpuUsage();
  for (let call = 0; call < calls; call++) feeder.next(5_000);
  return process.cpuUsage(cpu).user / (calls * 5_000);
}
