import { PlotcastError, type Sample } from "@plotcast/protocol";
import { ingestText } from "@plotcast/server";
import { readClientToken, readName } from "./config.ts";
import { Shortfall, stopped } from "./exit-codes.ts";
import { createMeter, type Meter } from "./import-meter.ts";
import { readInput } from "./input.ts";
import { findInputFiles, type InputFile } from "./input-files.ts";
import { Outbox, type Outcome } from "./outbox.ts";
import { printable } from "./output.ts";
import { createPost } from "./post-samples.ts";
import { createProgress, type Progress } from "./progress.ts";
import { createRejections } from "./rejections.ts";
import { hurriedPatienceMs, intakeOf, patienceMs } from "./send.ts";
import { parseServerUrl } from "./server-url.ts";
import type { Terminal } from "./terminal.ts";
import { count } from "./units.ts";

export type ImportFlags = {
  readonly to: string;
  readonly name?: string;
  readonly writeToken?: string;
};

/** Where there is no terminal: often enough to see that it goes on, not enough to fill a log. */
const plainMs = 10_000;

/**
 * `plotcast import`: sends files to a running server. They are read here, as with `--to`, so that a
 * cut costs the samples under way and not the place in the file.
 */
export async function importFiles(
  names: readonly string[],
  flags: ImportFlags,
  terminal: Pick<Terminal, "stdin" | "fed" | "stderr">,
  signal: AbortSignal,
  fetchFrom: typeof fetch = fetch,
): Promise<void> {
  const prefix = readName(flags.name);
  const { base, token: tokenInUrl } = parseServerUrl("--to", flags.to);
  const token = readClientToken("write", flags.writeToken ?? tokenInUrl);
  const files = await findInputFiles(names, terminal);
  const progress = createProgress(terminal.stderr, { plainMs });
  const meter = createMeter(files);
  const post = createPost({ base, token, fetch: fetchFrom });
  const send = deliver(post, (samples) => {
    meter.samples += samples;
    progress.show(meter.line);
  });
  const outbox = new Outbox({ tell: progress.say, send, outageMs: patienceMs });
  signal.addEventListener("abort", () => outbox.hurry(hurriedPatienceMs), { once: true });
  const stop = AbortSignal.any([signal, outbox.failed]);
  try {
    for (const file of files) {
      if (!stop.aborted) await importFile(file, { prefix, outbox, progress, meter, signal: stop });
    }
    await outbox.end(patienceMs);
  } catch (error) {
    throw meter.samples > 0 ? howToGoOn(error) : error;
  } finally {
    progress.end();
  }
  progress.say(meter.summary());
  if (signal.aborted) throw stopped(`not everything is imported; ${again}`);
  if (meter.rejected > 0) throw new Shortfall(`${count(meter.rejected, "line")} left out`);
}

type Importing = {
  readonly prefix: string | undefined;
  readonly outbox: Outbox;
  readonly progress: Progress;
  readonly meter: Meter;
  readonly signal: AbortSignal;
};

async function importFile(
  { name, open }: InputFile,
  { prefix, outbox, progress, meter, signal }: Importing,
): Promise<void> {
  const rejections = createRejections(progress.say, printable(name));
  async function* chunks() {
    for await (const chunk of readInput(open(), signal)) {
      meter.bytes += chunk.length;
      progress.show(meter.line);
      yield chunk;
    }
  }
  meter.file = printable(name);
  let rejectedLine = 0;
  const { lines } = await ingestText(chunks(), intakeOf(outbox), {
    prefix,
    // A file is what was meant to be imported: what cannot be read is no mere decoration.
    loose: false,
    signal,
    onRejected: (line, reason) => {
      // There may be several reasons on one line.
      if (line !== rejectedLine) meter.rejected++;
      rejectedLine = line;
      rejections.told(line, reason);
    },
  });
  meter.lines += lines;
  rejections.end();
}

/** Counts what arrives. A server that is not there at first is an error: the address may be wrong. */
function deliver(
  post: (samples: readonly Sample[]) => Promise<Outcome>,
  onDelivered: (samples: number) => void,
): (samples: readonly Sample[]) => Promise<Outcome> {
  let answered = false;
  return async (samples) => {
    const outcome = await post(samples);
    answered ||= outcome.type !== "unreachable" || outcome.retryAfterMs !== undefined;
    if (!answered && outcome.type === "unreachable")
      throw new PlotcastError("closed", `${outcome.reason}; is it running?`);
    if (outcome.type === "acknowledged") onDelivered(samples.length);
    return outcome;
  };
}

const again = "import again to go on: a line with a time counts once, however often it is sent";

function howToGoOn(error: unknown): unknown {
  const resumable = error instanceof PlotcastError && error.code === "closed";
  return resumable
    ? new PlotcastError(error.code, `${error.message}; ${again}`, { cause: error })
    : error;
}
