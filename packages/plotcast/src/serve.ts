import { once } from "node:events";
import { readConfig, readName, type ServerFlags } from "./config.ts";
import { type Ingest, ingestInput } from "./ingest-input.ts";
import { realWorld, start, type World } from "./start.ts";
import type { Terminal } from "./terminal.ts";
import { count } from "./units.ts";

export type ServeFlags = ServerFlags & {
  readonly name?: string;
  readonly tee?: boolean;
  readonly to?: string;
};

/** `plotcast`: serves, and charts what is piped in, until the signal. */
export async function serve(
  flags: ServeFlags,
  terminal: Terminal,
  signal: AbortSignal,
  world: World = realWorld,
): Promise<void> {
  const config = readConfig(flags, "plotcast");
  const input = { prefix: readName(flags.name), tee: flags.tee ?? false };
  const out = input.tee ? terminal.stderr : terminal.stdout;
  const presentation = { out, series: "temp", open: flags.open ?? false };
  const server = await start(config, presentation, terminal, world);
  try {
    if (terminal.fed) {
      const ingest: Ingest = (source, options) => server.ingest(source, options);
      const { lines, samples } = await ingestInput(ingest, input, terminal, signal);
      const read = `${count(lines, "line")}, ${count(samples, "sample")}`;
      if (!signal.aborted)
        terminal.stderr.write(
          `plotcast: the input ended after ${read}; still serving ${server.url}, Ctrl-C ends\n`,
        );
    }
    if (!signal.aborted) await once(signal, "abort");
  } finally {
    await server.close();
  }
}
