import { rm } from "node:fs/promises";
import { PlotcastError } from "@plotcast/protocol";
import { askServer } from "./ask-server.ts";
import { headBytes, isBackup, statedBytes } from "./backup-file.ts";
import { readClientToken } from "./config.ts";
import { download } from "./download.ts";
import { stopped } from "./exit-codes.ts";
import { writeTo } from "./output.ts";
import { createProgress } from "./progress.ts";
import { exists, partOf, saveFile } from "./save-file.ts";
import { parseServerUrl } from "./server-url.ts";
import type { Terminal } from "./terminal.ts";
import { formatSize } from "./units.ts";

export type BackupFlags = {
  readonly url: string;
  readonly writeToken?: string;
  readonly force?: boolean;
};

/** `plotcast backup`: everything that a running server keeps, as one file to start from. */
export async function backup(
  file: string,
  flags: BackupFlags,
  { stdout, stderr }: Pick<Terminal, "stdout" | "stderr">,
  signal: AbortSignal,
  fetchFrom: typeof fetch = fetch,
): Promise<void> {
  const { base, token: given } = parseServerUrl("--url", flags.url);
  const token = readClientToken("write", flags.writeToken ?? given);
  const doing = `back up ${base.href}`;
  if (!flags.force && (await exists(file))) {
    const what = `cannot back up to ${file}: it exists; choose another name, or add --force`;
    throw new PlotcastError("bad-input", what);
  }
  const progress = createProgress(stderr);
  try {
    const response = await askServer("back up", "v1/backup", {
      ...{ base, token, signal, method: "POST" },
      fetch: fetchFrom,
    });
    const bytes = await save(file, checked(download(response, { doing, progress }), doing));
    progress.end();
    await writeTo(stdout, howToStart(file, bytes));
  } catch (error) {
    throw signal.aborted ? stopped(`${file} is not written`) : error;
  } finally {
    progress.end();
  }
}

/** Half a backup is of no use to anyone: nothing is left of it. */
async function save(file: string, chunks: AsyncIterable<Uint8Array>): Promise<number> {
  try {
    return await saveFile(file, chunks);
  } catch (error) {
    await rm(partOf(file), { force: true });
    throw error;
  }
}

/** Passes chunks on; rejects if they are no backup, or not the whole of it. */
async function* checked(
  chunks: AsyncIterable<Uint8Array>,
  doing: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  let head = Buffer.alloc(0);
  let bytes = 0;
  for await (const chunk of chunks) {
    if (head.length < headBytes) head = Buffer.concat([head, chunk.subarray(0, headBytes)]);
    bytes += chunk.length;
    yield chunk;
  }
  const why = !isBackup(head)
    ? "what it sent is no backup; is it a Plotcast server?"
    : bytes < statedBytes(head) && `it sent only ${formatSize(bytes)} of it`;
  if (why) throw new PlotcastError("closed", `cannot ${doing}: ${why}`);
}

function howToStart(file: string, bytes: number): string {
  return [
    `${formatSize(bytes)} written to ${file}. To start from it, in a folder without a history:`,
    `  plotcast restore ${file} --data <folder>    makes it <folder>/history.db`,
    "  plotcast --data <folder>\n",
  ].join("\n");
}
