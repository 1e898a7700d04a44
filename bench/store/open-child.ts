import { answerParent } from "./child.ts";
import { Feeder, manySeries, namesOf, openOurs, sealedIn } from "./ours.ts";

/** With `samples`: opens an empty folder and fills it. Without: only opens it. */
export type OpenQuestion = {
  readonly dir: string;
  readonly series: number;
  readonly samples?: number;
};

export type OpenAnswer = {
  readonly openMs: number;
  readonly stored: number;
  readonly unsealed: number;
};

await answerParent(async ({ dir, series, samples = 0 }: OpenQuestion) => {
  const start = Math.floor(Date.now() / 1000) * 1000 - (1000 * samples) / series;
  let feeder: Feeder | undefined;
  const began = performance.now();
  const ours = await openOurs(dir, () => feeder?.time ?? start);
  const openMs = performance.now() - began;
  feeder = new Feeder(ours, manySeries("walk", namesOf(series), start));
  await feeder.feed(samples);
  const { unsealed } = await ours.store.stats();
  return { openMs, stored: (await sealedIn(ours)).samples, unsealed } satisfies OpenAnswer;
});
