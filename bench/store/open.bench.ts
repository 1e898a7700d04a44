import { startChild } from "./child.ts";
import { count, median, printTable, scaled, text } from "./figures.ts";
import type { OpenAnswer, OpenQuestion } from "./open-child.ts";
import { bytesIn, withScratch } from "./scratch.ts";

/*
 * How long a start takes with 100 million samples stored, of 10,000 series at one a second, after the
 * process was killed: what was not in chunks is read again from the log.
 *
 * What is installed is JavaScript. Here the sources are TypeScript, and each of four threads would take
 * longer to make JavaScript of them than to read half a million samples: so that is done before.
 */
const series = 10_000;
const samples = scaled(100_000_000, 1_000_000);

await withScratch(async (scratch) => {
  const dir = scratch.folder("ours");
  const env = { NODE_COMPILE_CACHE: scratch.folder("code") };
  const run = async (question: OpenQuestion) => {
    const child = startChild<OpenAnswer>(scratch, "open-child.ts", { env });
    const answer = await child.ask(question);
    await child.kill();
    return answer;
  };
  const empty = { dir: scratch.folder("empty"), series, close: true };
  await run(empty);
  const { openMs: emptyMs } = await run(empty);
  await run({ dir, series, samples });
  const opened: OpenAnswer[] = [];
  for (let again = 0; again < 3; again++) opened.push(await run({ dir, series }));
  const ms = median(opened.map(({ openMs }) => openMs));
  const { stored, unsealed } = opened[0]!;
  printTable(
    ["", "in chunks", "to be read again", "files", "open", "goal"],
    [
      [
        "10,000 series, killed",
        count(stored),
        count(unsealed),
        text(bytesIn(dir) / 1e6, "MB"),
        text(ms, "ms"),
        `≤ ${text(200 + 0.0003 * unsealed, "ms")}`,
      ],
    ],
  );
  console.log(`an empty folder: ${text(emptyMs, "ms")}`);
});
