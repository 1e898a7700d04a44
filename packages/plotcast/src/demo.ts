import { PlotcastError } from "@plotcast/protocol";
import type { Server } from "@plotcast/server";
import { readConfig, type ServerFlags } from "./config.ts";
import { createReadings } from "./readings.ts";
import { seconds } from "./seconds.ts";
import { realWorld, start, type World } from "./start.ts";
import type { Terminal } from "./terminal.ts";

/** `plotcast demo`: serves numbers of its own, once a second, until the signal. */
export async function demo(
  flags: ServerFlags,
  terminal: Terminal,
  signal: AbortSignal,
  world: World = realWorld,
): Promise<void> {
  // A folder of its own: nobody wants random numbers among what they measured.
  const config = readConfig(flags, "plotcast-demo");
  const presentation = { out: terminal.stdout, series: "random", open: flags.open ?? false };
  const server = await start(config, presentation, terminal, world);
  try {
    await feed(server, terminal, seconds(signal));
  } finally {
    await server.close();
  }
}

/**
 * Appends a reading for each time. A second that cannot be kept is lost, as it would be with any
 * sensor; the demo goes on, and says once that it happens.
 */
export async function feed(
  server: Pick<Server, "append">,
  { stderr }: Pick<Terminal, "stderr">,
  times: AsyncIterable<number>,
  read = createReadings(),
): Promise<void> {
  let failing = false;
  for await (const time of times) {
    try {
      await server.append(read(time));
      failing = false;
    } catch (error) {
      if (!(error instanceof PlotcastError)) throw error;
      if (!failing) stderr.write(`plotcast: ${error.message}\n`);
      failing = true;
    }
  }
}
