import { askChild } from "./child.ts";
import { count, median, printTable, ratio, scaled, text } from "./figures.ts";
import type { IngestAnswer, IngestQuestion } from "./ingest-child.ts";
import { withScratch } from "./scratch.ts";

/*
 * What one sample costs as the number of series grows and that of samples stays: CPU of all threads,
 * log, chunks and rollups included, on one core. Without HTTP.
 *
 * With 100,000 series each has few samples, so what goes into chunks goes into short ones.
 */
const fill = scaled(14_000_000);
const samples = scaled(2_000_000);

await withScratch(async (scratch) => {
  const measured = [];
  for (const series of [10, 100, 1_000, 10_000, 100_000]) {
    const dir = scratch.folder(`${series}`);
    const question: IngestQuestion = { dir, series, fill, samples, parts: 3 };
    const { parts } = await askChild<IngestAnswer>(scratch, "ingest-child.ts", question, {
      core: 1,
    });
    const middle = (of: (part: IngestAnswer["parts"][number]) => number) => median(parts.map(of));
    measured.push({
      series,
      rate: middle(({ rate }) => rate),
      cpuUs: middle(({ cpuUs }) => cpuUs),
      sealed: middle(({ sealed }) => sealed),
      chunks: middle(({ chunks }) => chunks),
      unsealed: parts.at(-1)!.unsealed,
    });
  }
  const least = Math.min(...measured.map(({ cpuUs }) => cpuUs));
  printTable(
    ["series", "samples/s", "CPU each", "to the least", "into chunks", "chunks", "in none"],
    measured.map(({ series, rate, cpuUs, sealed, chunks, unsealed }) => [
      count(series),
      count(rate),
      text(cpuUs, "µs"),
      ratio(cpuUs, least),
      count(sealed),
      count(chunks),
      count(unsealed),
    ]),
  );
  console.log(`medians of 3 times ${text(samples / 1e6)} M samples, after ${text(fill / 1e6)} M`);
});
