import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";

/** What the bench builds for itself: a load client that is not the bottleneck, and the floor. */
export type Programs = { readonly client: string; readonly floor: string };

/** Builds them in a folder. Throws if there is no C compiler: without the client nothing can be measured. */
export function buildPrograms(dir: string): Programs {
  const compiler = onPath("cc") ?? onPath("gcc") ?? onPath("clang");
  if (compiler === undefined) {
    throw new Error("cannot measure: there is no C compiler; apt-get install gcc libc6-dev");
  }
  const build = (name: string, ...args: string[]) => {
    const program = path.join(dir, name);
    const source = path.join(import.meta.dirname, `${name}.c`);
    const flags = ["-O2", "-Wall", "-Wextra", "-o", program, source, "-lm", ...args];
    const { status, stderr } = spawnSync(compiler, flags, { encoding: "utf8" });
    if (status !== 0) throw new Error(`cannot build ${name}.c:\n${stderr}`);
    return program;
  };
  const zlib = existsSync("/usr/include/zlib.h");
  if (!zlib) console.log("gzip is not read back: there is no zlib.h; apt-get install zlib1g-dev");
  return {
    client: build("client", ...(zlib ? ["-lz"] : ["-DWITHOUT_ZLIB"])),
    floor: build("floor"),
  };
}

/** The full path of a program, if this machine has it. */
export function onPath(name: string): string | undefined {
  return (process.env.PATH ?? "")
    .split(path.delimiter)
    .map((folder) => path.join(folder, name))
    .find((file) => existsSync(file));
}
