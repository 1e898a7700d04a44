import type { Writable } from "node:stream";
import { PlotcastError, parseDuration, parseSelection, parseTime } from "@plotcast/protocol";
import { type AskFlags, askServer, readAskFlags } from "./ask-server.ts";
import { download } from "./download.ts";
import { stopped } from "./exit-codes.ts";
import { writeTo } from "./output.ts";
import { createProgress, type Progress } from "./progress.ts";
import { partOf, saveFile } from "./save-file.ts";
import { parsed } from "./setting.ts";
import type { Terminal } from "./terminal.ts";
import { formatSize } from "./units.ts";

export type ExportFlags = AskFlags & {
  readonly from?: string;
  readonly to?: string;
  readonly format: string;
  readonly out?: string;
};

/** Older and newer than anything a server has. Clocks that are ahead bring samples from after now. */
const everything = { from: "0000-01-01T00:00:00Z", to: "9999-12-31T23:59:59Z" };

/** `plotcast export`: every sample of a range, to standard output or a file. */
export async function exportSamples(
  selectors: readonly string[],
  flags: ExportFlags,
  { stdout, stderr }: Pick<Terminal, "stdout" | "stderr">,
  signal: AbortSignal,
  fetchFrom: typeof fetch = fetch,
): Promise<void> {
  parseSelection(selectors);
  const query = new URLSearchParams(selectors.map((selector) => ["series", selector]));
  query.set("from", readTime("--from", flags.from) ?? everything.from);
  query.set("to", readTime("--to", flags.to) ?? everything.to);
  query.set("format", readFormat(flags.format));
  const { base, token } = readAskFlags(flags);
  const progress = createProgress(stderr);
  try {
    const asked = { base, token, signal, fetch: fetchFrom };
    const response = await askServer("export from", `v1/history?${query}`, asked);
    const doing = `export from ${base.href}`;
    const chunks = download(response, { doing, progress });
    if (flags.out === undefined) await print(chunks, stdout);
    else await save(chunks, flags.out, progress);
  } catch (error) {
    throw signal.aborted ? stopped("not all of it is exported") : error;
  } finally {
    progress.end();
  }
}

async function print(chunks: AsyncIterable<Uint8Array>, stdout: Writable): Promise<void> {
  // Whoever reads it may have seen enough.
  for await (const chunk of chunks) if (!(await writeTo(stdout, chunk))) return;
}

async function save(
  chunks: AsyncIterable<Uint8Array>,
  out: string,
  progress: Progress,
): Promise<void> {
  try {
    const bytes = await saveFile(out, chunks);
    progress.say(`${formatSize(bytes)} written to ${out}`);
  } catch (error) {
    if (!(error instanceof PlotcastError) || error.code !== "closed") throw error;
    const message = `${error.message}; what came of it is in ${partOf(out)}`;
    throw new PlotcastError(error.code, message, { cause: error });
  }
}

/**
 * What the server is asked for. A time that is relative is the server's to understand, by its clock;
 * one without a zone is a time here, wherever the server is.
 */
function readTime(name: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const expected = "a time such as 2026-01-31, 2026-01-31T12:00:00Z, a Unix time or -15m";
  return parsed({ name, value }, expected, (text) => {
    if (text === "now" || (text.startsWith("-") && parseDuration(text.slice(1)))) return text;
    const time = parseTime(text);
    return time === undefined ? undefined : formatTime(time);
  });
}

// ISO 8601 in UTC with microseconds, which is as fine as the server reads it.
function formatTime(time: number): string {
  const micros = Math.round(time * 1000);
  const ms = Math.floor(micros / 1000);
  return new Date(ms).toISOString().replace("Z", `${String(micros - ms * 1000).padStart(3, "0")}Z`);
}

const formats = ["csv", "ndjson"];

function readFormat(value: string): string {
  return parsed({ name: "--format", value }, formats.join(" or "), (text) =>
    formats.find((format) => format === text),
  );
}
