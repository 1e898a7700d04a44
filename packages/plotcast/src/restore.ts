import { createReadStream } from "node:fs";
import { mkdir, open, rm } from "node:fs/promises";
import path from "node:path";
import { PlotcastError } from "@plotcast/protocol";
import { headBytes, historyFiles, isBackup, statedBytes } from "./backup-file.ts";
import { findDataDir } from "./config.ts";
import { stopped } from "./exit-codes.ts";
import { cannotRead } from "./input-files.ts";
import { writeTo } from "./output.ts";
import { exists, partOf, saveFile } from "./save-file.ts";
import type { Terminal } from "./terminal.ts";
import { formatSize } from "./units.ts";

export type RestoreFlags = { readonly data?: string };

/** `plotcast restore`: makes a backup the history of a data folder that has none. */
export async function restore(
  file: string,
  flags: RestoreFlags,
  { stdout }: Pick<Terminal, "stdout">,
  signal: AbortSignal,
): Promise<void> {
  const { path: dir } = findDataDir(flags.data, "plotcast");
  await checkBackup(file);
  // Also what an earlier history left behind: SQLite would take it for a part of this one.
  for (const name of historyFiles) {
    if (!(await exists(path.join(dir, name)))) continue;
    const what = `cannot restore to ${dir}: it has a history (${name}); choose another folder`;
    throw new PlotcastError("bad-input", what);
  }
  await mkdir(dir, { recursive: true }).catch(({ message }: Error) => {
    throw new PlotcastError("unavailable", `cannot restore to ${dir}: ${message}`);
  });
  const target = path.join(dir, historyFiles[0]);
  try {
    const bytes = await saveFile(target, createReadStream(file, { signal }));
    await writeTo(
      stdout,
      `${formatSize(bytes)} restored to ${target}. Start with: plotcast --data ${dir}\n`,
    );
  } catch (error) {
    await rm(partOf(target), { force: true });
    throw signal.aborted ? stopped("nothing is restored") : error;
  }
}

async function checkBackup(file: string): Promise<void> {
  const { head, size } = await readHead(file).catch((error: NodeJS.ErrnoException) => {
    throw cannotRead(file, error);
  });
  const found = !isBackup(head)
    ? "something else"
    : size < statedBytes(head) &&
      `the first ${formatSize(size)} of ${formatSize(statedBytes(head))}`;
  if (!found) return;
  const expected = 'expected what "plotcast backup" has written';
  throw new PlotcastError("bad-input", `${file}: ${expected}, found ${found}`);
}

async function readHead(file: string): Promise<{ head: Uint8Array; size: number }> {
  const handle = await open(file);
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return { head: buffer.subarray(0, bytesRead), size: (await handle.stat()).size };
  } finally {
    await handle.close();
  }
}
