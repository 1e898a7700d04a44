import { stat } from "node:fs/promises";
import { PlotcastError } from "@plotcast/protocol";
import { findDataDir } from "./config.ts";
import { Shortfall, stopped } from "./exit-codes.ts";
import { printable, writeTo } from "./output.ts";
import { createProgress, formatShare } from "./progress.ts";
import type { Terminal } from "./terminal.ts";
import { count } from "./units.ts";

export type CheckFlags = { readonly data?: string };

/** Reads all files of a data folder and compares what they say. */
export type CheckData = (
  dir: string,
  options: {
    readonly signal?: AbortSignal;
    readonly onProgress?: (done: number, total: number) => void;
  },
) => Promise<{
  readonly series: number;
  readonly chunks: number;
  readonly samples: number;
  readonly problems: readonly string[];
}>;

/** `plotcast check`: verifies the files of a data folder, also of one that a server uses just now. */
export async function check(
  flags: CheckFlags,
  { stdout, stderr }: Pick<Terminal, "stdout" | "stderr">,
  signal: AbortSignal,
  checkData: CheckData,
): Promise<void> {
  const { path: dir } = findDataDir(flags.data, "plotcast");
  // Whoever mistypes the folder must not be told that all is well there.
  if (!(await isFolder(dir)))
    throw new PlotcastError("unavailable", `cannot check ${dir}: there is no such folder`);
  const progress = createProgress(stderr);
  const onProgress = (done: number, total: number) =>
    progress.show(() => `${formatShare(total > 0 ? done / total : 0)} checked`);
  const found = await checkData(dir, { signal, onProgress })
    .catch((error: unknown) => {
      throw signal.aborted ? stopped(`not all of ${dir} is checked`) : error;
    })
    .finally(() => progress.end());
  const { series, chunks, samples, problems } = found;
  const amounts = [
    count(series, "series", "series"),
    count(chunks, "chunk"),
    count(samples, "sample"),
  ];
  const checked = amounts.join(", ");
  for (const problem of problems) await writeTo(stdout, `${printable(problem)}\n`);
  if (problems.length > 0)
    throw new Shortfall(`${count(problems.length, "problem")} in ${dir} (${checked})`);
  await writeTo(stdout, `No problems in ${dir}: ${checked}\n`);
}

async function isFolder(dir: string): Promise<boolean> {
  return await stat(dir).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
