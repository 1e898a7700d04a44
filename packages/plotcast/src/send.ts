import { PlotcastError } from "@plotcast/protocol";
import { ingestText, type SampleBlock, samplesOf } from "@plotcast/server";
import { readClientToken, readName } from "./config.ts";
import { type Ingest, ingestInput } from "./ingest-input.ts";
import { Outbox } from "./outbox.ts";
import { createPost } from "./post-samples.ts";
import { parseServerUrl } from "./server-url.ts";
import type { Terminal } from "./terminal.ts";

export type SendFlags = {
  readonly to: string;
  readonly name?: string;
  readonly tee?: boolean;
  readonly writeToken?: string;
};

/** At the end of the input a server that restarts is worth waiting for; after Ctrl-C hardly. */
export const patienceMs = 60_000;
export const hurriedPatienceMs = 5_000;

/**
 * `plotcast --to`: feeds a running server with what is piped in. Resolves when the input has ended
 * and all of it is acknowledged; rejects if the server refuses, or stays away.
 *
 * The text is read here, and not by the server. Only here is it one text, whose header line still
 * counts an hour later. Each sample gets the time at which it was read, however long the server is
 * away. And since the later of two equal samples wins, sending some of them twice changes nothing.
 */
export async function send(
  flags: SendFlags,
  terminal: Terminal,
  signal: AbortSignal,
  fetchFrom: typeof fetch = fetch,
): Promise<void> {
  const input = { prefix: readName(flags.name), tee: flags.tee ?? false };
  const { base, token: tokenInUrl } = parseServerUrl("--to", flags.to);
  const token = readClientToken("write", flags.writeToken ?? tokenInUrl);
  if (!terminal.fed)
    throw new PlotcastError("bad-input", "--to: expected something piped in, found nothing");

  const tell = (text: string) => void terminal.stderr.write(`plotcast: ${text}\n`);
  const outbox = new Outbox({ tell, send: createPost({ base, token, fetch: fetchFrom }) });
  signal.addEventListener("abort", () => outbox.hurry(hurriedPatienceMs), { once: true });
  const ingest: Ingest = (source, options) => ingestText(source, intakeOf(outbox), options);
  await ingestInput(ingest, input, terminal, AbortSignal.any([signal, outbox.failed]));
  await outbox.end(patienceMs);
}

/** Takes in what is read for an outbox. How many series, and of which time, is for the server to say. */
export function intakeOf(outbox: Outbox) {
  return {
    append: (block: SampleBlock) => outbox.add(samplesOf(block)),
    findSeries: () => undefined,
    seriesCount: () => 0,
    timeRange: () => ({ from: -Infinity, to: Infinity }),
  };
}
