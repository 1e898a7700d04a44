import { askChild, type ChildOptions } from "./child.ts";
import { count, median, printTable, scaled, text } from "./figures.ts";
import type { MemoryAnswer, MemoryQuestion } from "./memory-child.ts";
import { withScratch } from "./scratch.ts";

/*
 * Resident memory of log and store: what a series costs that has said little, and what 10,000 take
 * that say something every second. The process is started as the `plotcast` command starts it.
 */
const asTheCommand: ChildOptions = {
  flags: ["--max-semi-space-size=2", "--optimize-for-size"],
  env: { MALLOC_ARENA_MAX: "2" },
};

await withScratch(async (scratch) => {
  let runs = 0;
  const measure = (series: number, rounds: number, looks: number) => {
    const dir = scratch.folder(`${++runs}`);
    const question: MemoryQuestion = { dir, series, rounds, looks };
    return askChild<MemoryAnswer>(scratch, "memory-child.ts", question, asTheCommand);
  };
  const idle = scaled(100_000, 1_000);
  const perSeries: number[] = [];
  for (let run = 0; run < 3; run++) {
    const { empty, full } = await measure(idle, 3, 1);
    perSeries.push((full - empty) / idle);
  }
  // Long enough to fill every chunk.
  const active = await measure(10_000, scaled(1_500, 10), 50);
  const mb = (bytes: number) => text(bytes / 1e6, "MB");
  printTable(
    ["resident", "", ""],
    [
      [`each of ${count(idle)} series with 3 samples`, text(median(perSeries), "bytes"), ""],
      ["10,000 series × 25 min at 1 Hz, in bulk", mb(active.full), `at most ${mb(active.most)}`],
      ["empty", mb(active.empty), ""],
    ],
  );
});
