import { flushCompileCache } from "node:module";
import { answerParent } from "./child.ts";
import { Feeder, manySeries, namesOf, openOurs, sealedIn } from "./ours.ts";

/**
 * With `samples`: opens an empty folder and fills it. Without: only opens it. With `close` also closes it,
 * and leaves the code it has loaded to the next process.
 */
export type OpenQuestion = {
  readonly dir: string;
  readonly series: number;
  readonly samples?: number;
  readonly close?: boolean;
};

export type OpenAnswer = {
  readonly openMs: number;
  readonly stored: number;
  readonly unsealed: number;
};

await answerParent(async ({ dir, series, samples = 0, close = false }: OpenQuestion) => {
  const start = Math.floor(Date.now() / 1000) * 1000 - (1000 * samples) / series;
  let feeder: Feeder | undefined;
  const began = performance.now();
  const ours = await openOurs(dir, () => feeder?.time ?? start);
  const openMs = performance.now() - began;
  feeder = new Feeder(ours, manySeries("walk", namesOf(series), start));
  await feeder.feed(samples);
  const { unsealed } = await ours.store.stats();
  const { samples: stored } = await sealedIn(ours);
  if (close) {
    await ours.close();
    flushCompileCache();
  }
  return { openMs, stored, unsealed } satisfies OpenAnswer;
});
