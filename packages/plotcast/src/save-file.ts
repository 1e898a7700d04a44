import { open, rename, stat } from "node:fs/promises";
import { type ErrorCode, PlotcastError } from "@plotcast/protocol";

/** What a file is called until it is whole. */
export function partOf(file: string): string {
  return `${file}.part`;
}

/**
 * Writes a file that is whole or not there: its bytes go to `partOf(file)`, which is left behind if
 * they end early, and takes its name when they are on the disk. Replaces a file of that name.
 *
 * Resolves to the number of bytes. Rejects with `storage-full` or `unavailable` if it cannot be written, else as `chunks` does.
 */
export async function saveFile(file: string, chunks: AsyncIterable<Uint8Array>): Promise<number> {
  const part = partOf(file);
  // Renaming over it would turn a device such as /dev/null into a file.
  const isSpecial = await stat(file).then(
    (found) => !found.isFile(),
    () => false,
  );
  if (isSpecial) throw cannotWrite(file, "there is something of that name that is no file");
  try {
    const bytes = await writeWhole(part, chunks);
    await rename(part, file);
    return bytes;
  } catch (error) {
    throw failureOf(file, error);
  }
}

async function writeWhole(file: string, chunks: AsyncIterable<Uint8Array>): Promise<number> {
  const handle = await open(file, "w");
  try {
    await handle.writeFile(chunks);
    await handle.sync();
    return (await handle.stat()).size;
  } finally {
    await handle.close();
  }
}

/** Whether there is anything of that name. */
export async function exists(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return false;
      throw failureOf(file, error);
    },
  );
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "it is not allowed here",
  EPERM: "it is not allowed here",
  EROFS: "its disk is read-only",
  ENOENT: "there is no such folder",
  ENOTDIR: "there is no such folder",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk is full",
};

// Errors of the system have a number; everything else is for others to explain.
function failureOf(file: string, error: unknown): unknown {
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return error;
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  return cannotWrite(file, reasons[code ?? ""] ?? message, isFull ? "storage-full" : "unavailable");
}

function cannotWrite(file: string, why: string, code: ErrorCode = "unavailable"): PlotcastError {
  return new PlotcastError(code, `cannot write ${file}: ${why}`);
}
