import type { IngestOptions, IngestSummary } from "@plotcast/server";
import { readInput, tee } from "./input.ts";
import { createRejections } from "./rejections.ts";
import type { Terminal } from "./terminal.ts";

/** Where the text of the input goes: into a server of our own, or on its way to another. */
export type Ingest = (
  source: AsyncIterable<Uint8Array>,
  options: IngestOptions,
) => Promise<IngestSummary>;

export type InputFlags = {
  /** What stands before the names of all series. */
  readonly prefix: string | undefined;
  readonly tee: boolean;
};

/** Takes in standard input up to its end or the signal, and tells which lines could not be read. */
export async function ingestInput(
  ingest: Ingest,
  { prefix, tee: passOn }: InputFlags,
  { stdin, stdout, stderr }: Terminal,
  signal: AbortSignal,
): Promise<IngestSummary> {
  const input = readInput(stdin, signal);
  const rejections = createRejections((sentence) => stderr.write(`plotcast: ${sentence}\n`));
  const summary = await ingest(passOn ? tee(input, stdout) : input, {
    prefix,
    loose: true,
    // Told apart from the end of the input: what is cut off in the middle of a line is no line.
    signal,
    onRejected: rejections.told,
  });
  rejections.end();
  return summary;
}
