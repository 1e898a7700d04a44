import { PlotcastError } from "@plotcast/protocol";
import { type AskFlags, askServer, readAskFlags, whyUnreachable } from "./ask-server.ts";
import { writeTo } from "./output.ts";
import { formatStats, readStats } from "./stats-table.ts";
import type { Terminal } from "./terminal.ts";

export type StatsFlags = AskFlags & { readonly json?: boolean };

/** `plotcast stats`: what a running server keeps, for people or as JSON. */
export async function stats(
  flags: StatsFlags,
  { stdout }: Pick<Terminal, "stdout">,
  signal: AbortSignal,
  fetchFrom: typeof fetch = fetch,
): Promise<void> {
  const { base, token } = readAskFlags(flags);
  try {
    const asked = { base, token, signal, fetch: fetchFrom };
    const response = await askServer("read the stats of", "v1/stats", asked);
    const found = readStats(await response.text());
    if (found === undefined) throw cannot("it answered something else; is it a Plotcast server?");
    await writeTo(stdout, flags.json ? `${JSON.stringify(found)}\n` : formatStats(found));
  } catch (error) {
    if (signal.aborted) return;
    throw error instanceof PlotcastError ? error : cannot(whyUnreachable(error));
  }
  function cannot(why: string): PlotcastError {
    return new PlotcastError("closed", `cannot read the stats of ${base.href}: ${why}`);
  }
}
