import { askChild } from "./child.ts";
import { count, printTable, ratio, scaled, text } from "./figures.ts";
import type { IngestAnswer, IngestQuestion } from "./ingest-child.ts";
import { withScratch } from "./scratch.ts";

/*
 * What one sample costs as the number of series grows: CPU of all threads, log, chunks and rollups
 * included, on one core. Without HTTP, and without what making the samples costs.
 *
 * Each is measured while as many samples go into chunks as come, for as long as it takes until each
 * series has had its turn: else it would be known by chance only how many chunks are in the figure. With
 * 100,000 series there is no memory for a whole chunk of each, so short pieces are merged into what is in
 * the file; when it is measured their chunks are a third full.
 */
const minutes = 180;
const plans = [
  { series: 10, rounds: 0, samples: 6_000_000 },
  { series: 100, rounds: 0, samples: 6_000_000 },
  { series: 1_000, rounds: 2_000, samples: 6_000_000 },
  { series: 10_000, rounds: 1_600, samples: 15_360_000 },
  { series: 100_000, rounds: 340, samples: 16_000_000 },
];

await withScratch(async (scratch) => {
  const measured = [];
  for (const { series, rounds, samples } of plans) {
    const dir = scratch.folder(`${series}`);
    const question: IngestQuestion = {
      ...{ dir, series, minutes, parts: 1 },
      ...{ fill: scaled(series * Math.max(rounds, minutes)), samples: scaled(samples) },
    };
    const { parts, makingUs } = await askChild<IngestAnswer>(scratch, "ingest-child.ts", question, {
      core: 1,
    });
    const [{ cpuUs, ...part }] = parts as [IngestAnswer["parts"][number]];
    measured.push({ series, ...part, samples: question.samples, cpuUs: cpuUs - makingUs });
  }
  const least = Math.min(...measured.map(({ cpuUs }) => cpuUs));
  printTable(
    [
      "series",
      "samples",
      "a second",
      "CPU each",
      "to the least",
      "into chunks",
      "more chunks",
      "in none",
    ],
    measured.map(({ series, samples, rate, cpuUs, sealed, chunks, unsealed }) => [
      count(series),
      count(samples),
      count(rate),
      text(cpuUs, "µs"),
      ratio(cpuUs, least),
      count(sealed),
      count(chunks),
      count(unsealed),
    ]),
  );
});
