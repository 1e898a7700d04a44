import { StringDecoder } from "node:string_decoder";
import { PlotcastError } from "@plotcast/protocol";
import { Appends } from "./appends.ts";
import { type ArrivalClock, arrivalClock } from "./arrival-clock.ts";
import { Chunks } from "./chunks.ts";
import { Collector, type Tally } from "./collector.ts";
import { decompress } from "./decompress.ts";
import type { Intake } from "./intake.ts";
import { Parser } from "./parser.ts";
import { SeriesLimit } from "./series-limit.ts";
import { SeriesNames } from "./series-names.ts";
import { ingestTurns } from "./turns.ts";

export type IngestOptions = {
  /** The series, or what stands before the names in the text: `room.cpu`. */
  readonly prefix?: string | undefined;
  /** Take the numbers of whatever a program prints, and pass over lines without any. Default true. */
  readonly loose?: boolean | undefined;
  /** What the sender says it has compressed the text with, as in `Content-Encoding`. */
  readonly encoding?: string | undefined;
  /** Shared by all that feed one intake. */
  readonly limit?: SeriesLimit | undefined;
  readonly clock?: ArrivalClock | undefined;
  /** Ends the reading. What has been read is kept. */
  readonly signal?: AbortSignal | undefined;
  /** Called for every rejection; the summary has only the first of them. */
  readonly onRejected?: ((line: number, reason: string) => void) | undefined;
};

export type IngestSummary = Tally;

// Short pieces, for all the samples of one are in memory at once, and every second byte can be one.
const pieceLength = 8 * 1024;
const newline = 10;
// As many as are worth a commit.
const groupSize = 4096;

/**
 * Takes in a text from its first byte to its last, in memory that does not grow with it.
 *
 * Samples are appended in groups, and at once when the source pauses. Resolves when all of them are
 * durable. What is wrong with the text is part of the summary; rejects only as `append` does.
 */
export async function ingestText(
  source: AsyncIterable<Uint8Array>,
  intake: Intake,
  options: IngestOptions = {},
): Promise<IngestSummary> {
  const { loose = true, limit = new SeriesLimit(intake), clock = arrivalClock } = options;
  const unnamed = loose ? "value" : undefined;
  const names = new SeriesNames(
    options.prefix,
    unnamed,
    (series) => limit.refuse(series),
    (series) => intake.findSeries(series),
  );
  const collector = new Collector(names, clock, { loose, onRejected: options.onRejected });
  const parser = new Parser(collector);
  const decoder = new StringDecoder("utf8");
  const appends = new Appends(intake, limit);
  const chunks = new Chunks(decompress(source, options.encoding), options.signal);
  try {
    for (;;) {
      if (collector.size > 0 && (await chunks.pauses())) await appends.add(collector.take());
      const chunk = await chunks.next();
      if (chunk === undefined) break;
      // A text may last for days, and what is kept moves on.
      collector.range = intake.timeRange();
      if (ingestTurns.taken) await ingestTurns.next();
      for (let from = 0, to = 0; from < chunk.length; from = to) {
        to = endOfPiece(chunk, from);
        parser.push(decoder.write(chunk.subarray(from, to)));
        if (collector.size >= groupSize) await appends.add(collector.take());
        if (ingestTurns.over) await ingestTurns.next();
      }
    }
  } finally {
    chunks.close();
  }
  if (chunks.error !== undefined) {
    // The last line may have been cut in the middle of a number: it is not read.
    collector.begin(parser.line);
    collector.reject(explain(chunks.error));
    collector.end();
  } else if (!options.signal?.aborted) {
    parser.push(decoder.end());
    parser.end();
  }
  if (collector.size > 0) await appends.add(collector.take());
  await appends.end();
  return collector.tally;
}

/** Behind the last whole line: a line that is cut takes several times as long to read. */
function endOfPiece(chunk: Uint8Array, from: number): number {
  const piece = chunk.subarray(from, from + pieceLength);
  const isLast = from + piece.length === chunk.length;
  const end = isLast ? 0 : piece.lastIndexOf(newline) + 1;
  return from + (end || piece.length);
}

function explain(error: unknown): string {
  if (error instanceof PlotcastError) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  return `expected the rest of the text, found its end: ${code ?? message}`;
}
