import { askChild } from "./child.ts";
import { count, median, printTable, scaled, text } from "./figures.ts";
import type { IngestAnswer, IngestQuestion } from "./ingest-child.ts";
import { withScratch } from "./scratch.ts";

/*
 * How fast samples become durable and go into chunks and rollups, on one core and without HTTP: log,
 * store and what makes the samples share it. 10,000 series, one sample a second each.
 *
 * Every series has had its first chunk before, so that what is measured is what goes on for ever: as
 * many samples are put into chunks as come.
 */
const series = 10_000;
const fill = scaled(14_000_000);
const samples = scaled(7_000_000);

await withScratch(async (scratch) => {
  const question: IngestQuestion = { dir: scratch.folder("ours"), series, fill, samples, parts: 3 };
  const { parts, makingUs } = await askChild<IngestAnswer>(scratch, "ingest-child.ts", question, {
    core: 1,
  });
  printTable(
    ["log and store, one core", "samples/s", "CPU each", "into chunks", "chunks", "in none"],
    parts.map(({ rate, cpuUs, sealed, chunks, unsealed }, part) => [
      `${text(samples / 1e6)} M samples, ${part + 1} of ${parts.length}`,
      count(rate),
      text(cpuUs, "µs"),
      count(sealed),
      count(chunks),
      count(unsealed),
    ]),
  );
  console.log(
    `median ${count(median(parts.map(({ rate }) => rate)))} samples/s; making them costs ${text(makingUs, "µs")} of the CPU each`,
  );
});
