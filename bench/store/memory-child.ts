import { answerParent } from "./child.ts";
import { Feeder, manySeries, namesOf, openOurs } from "./ours.ts";

/** So many series with so many samples each, then so many steps on which memory is looked at. */
export type MemoryQuestion = {
  readonly dir: string;
  readonly series: number;
  readonly rounds: number;
  readonly looks: number;
};

/** Resident bytes: with nothing in it, after everything is in it, and the most at any look. */
export type MemoryAnswer = { readonly empty: number; readonly full: number; readonly most: number };

await answerParent(async ({ dir, series, rounds, looks }: MemoryQuestion) => {
  const start = Math.floor(Date.now() / 1000) * 1000 - rounds * 1000;
  let feeder: Feeder | undefined;
  const ours = await openOurs(dir, () => feeder?.time ?? start);
  // What a process of this kind has touched in any case.
  const warm = new Feeder(ours, manySeries("walk", namesOf(10, "warm"), start));
  await warm.feed(100_000);
  await ours.store.stats();
  const empty = resident();
  feeder = new Feeder(ours, manySeries("walk", namesOf(series), start));
  let most = 0;
  for (let look = 0; look < looks; look++) {
    await feeder.feed(Math.ceil((series * rounds) / looks));
    most = Math.max(most, process.memoryUsage.rss());
  }
  await ours.store.stats();
  const full = resident();
  await ours.close();
  return { empty, full, most: Math.max(most, full) } satisfies MemoryAnswer;
});

function resident(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}
