import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { PlotcastError } from "@plotcast/protocol";
import type { Terminal } from "./terminal.ts";

/** Something to read that the user named. */
export type InputFile = {
  readonly name: string;
  /** Undefined where nobody knows: a pipe may bring any amount. */
  readonly bytes: number | undefined;
  readonly open: () => Readable;
};

/**
 * The files of a command line, `-` being standard input. Throws `bad-input` for those that are not
 * there, before anything is done with the others.
 */
export async function findInputFiles(
  names: readonly string[],
  terminal: Pick<Terminal, "stdin" | "fed">,
): Promise<InputFile[]> {
  if (names.indexOf("-") !== names.lastIndexOf("-"))
    throw new PlotcastError("bad-input", "expected - once, found it more often");
  return await Promise.all(names.map((name) => (name === "-" ? inputOf(terminal) : fileOf(name))));
}

async function fileOf(name: string): Promise<InputFile> {
  const found = await stat(name).catch((error: NodeJS.ErrnoException) => {
    throw cannotRead(name, error);
  });
  if (found.isDirectory()) throw cannotRead(name, { code: "EISDIR", message: "" });
  const bytes = found.isFile() ? found.size : undefined;
  return { name, bytes, open: () => createReadStream(name) };
}

function inputOf(terminal: Pick<Terminal, "stdin" | "fed">): InputFile {
  if (!terminal.fed)
    throw new PlotcastError("bad-input", "-: expected something piped in, found nothing");
  return { name: "standard input", bytes: undefined, open: () => terminal.stdin };
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "it is not allowed",
};

/** Why a file that the user named cannot be read. */
export function cannotRead(
  name: string,
  { code = "", message }: Pick<NodeJS.ErrnoException, "code" | "message">,
): PlotcastError {
  return new PlotcastError("bad-input", `cannot read ${name}: ${reasons[code] ?? message}`);
}
