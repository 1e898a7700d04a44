import { styleText } from "node:util";
import { PlotcastError } from "@plotcast/protocol";
import { type Server, startServer } from "@plotcast/server";
import { findAssetDirs } from "./asset-dirs.ts";
import type { Config } from "./config.ts";
import { openBrowser } from "./open-browser.ts";
import type { Terminal } from "./terminal.ts";
import { version } from "./version.ts";
import { formatWelcome } from "./welcome.ts";

/** What starting needs from the world; tests hand in their own. */
export type World = {
  readonly startServer: typeof startServer;
  readonly findAssetDirs: () => string[];
  readonly openBrowser: (url: string) => void;
};

export const realWorld: World = { startServer, findAssetDirs, openBrowser };

/** How a server is presented at its start. */
export type Presentation = {
  readonly out: Terminal["stdout"];
  /** A series to name in the examples. */
  readonly series: string;
  readonly open: boolean;
};

/** Starts a server and says where it is. Rejects as `startServer` does. */
export async function start(
  config: Config,
  { out, series, open }: Presentation,
  terminal: Terminal,
  world: World = realWorld,
): Promise<Server> {
  const options = { ...config.options, assetDirs: world.findAssetDirs() };
  const started = await startSomehow({ ...config, options }, terminal, world);
  const { url } = started.server;
  const running = { version, url, config: started.config, series };
  out.write(formatWelcome(running, (format, text) => styleText(format, text, { stream: out })));
  if (open) world.openBrowser(options.readToken ? `${url}/?token=${options.readToken}` : url);
  return started.server;
}

/**
 * Two pipes in two terminals must both just work, but a data folder has one owner. So the second
 * keeps its samples in memory, unless the user said where they are to go.
 */
async function startSomehow(config: Config, { stderr }: Terminal, world: World) {
  const { options, dataDirNamed } = config;
  try {
    return { server: await world.startServer(options), config };
  } catch (error) {
    const { dataDir } = options;
    if (dataDirNamed || dataDir === undefined || !isInUse(error, dataDir)) throw error;
    stderr.write(
      `plotcast: another plotcast is using ${dataDir}: samples of this one are kept in memory only\n`,
    );
    const inMemory = { ...options, dataDir: undefined };
    return { server: await world.startServer(inMemory), config: { ...config, options: inMemory } };
  }
}

// There is no code for it: to everyone else it is one of many reasons why a folder cannot be used.
function isInUse(error: unknown, dataDir: string): error is PlotcastError {
  return (
    error instanceof PlotcastError &&
    error.message.includes(dataDir) &&
    error.message.includes("is using it")
  );
}
