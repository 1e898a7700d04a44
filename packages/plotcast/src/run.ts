import { PlotcastError } from "@plotcast/protocol";
import { CommanderError } from "commander";
import { exitCodes, Shortfall } from "./exit-codes.ts";
import { type Actions, createProgram } from "./program.ts";
import type { Terminal } from "./terminal.ts";
import { seeHelp, unknownCommand } from "./unknown-command.ts";
import { reportTo, version } from "./version.ts";

/** What the commands do; tests hand in their own. */
export type Commands = (terminal: Terminal, signal: AbortSignal) => Actions;

/** Runs one command line to its end. Resolves to the exit code; never rejects. */
export async function run(
  args: readonly string[],
  terminal: Terminal,
  signal: AbortSignal,
  commands: Commands = realCommands,
): Promise<number> {
  const program = createProgram(version, terminal, commands(terminal, signal));
  try {
    await program.parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    const { code, text } = explain(error);
    if (text) terminal.stderr.write(`plotcast: ${text}\n`);
    return code;
  }
}

/** The exit code of whatever was thrown, and what to say about it. */
function explain(error: unknown): { code: number; text?: string } {
  // Help and version are thrown as well; commander has printed them.
  if (error instanceof CommanderError)
    return error.exitCode === 0 ? { code: 0 } : { code: 2, text: usageText(error) };
  if (error instanceof PlotcastError) return { code: exitCodes[error.code], text: error.message };
  if (error instanceof Shortfall) return { code: 1, text: error.message };
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const bug = stack.replace(/^(Error: )?(BUG: )?/, "BUG: ");
  return {
    code: 1,
    text: `${bug}\nplotcast ${version} made a mistake. Please report the lines above to ${reportTo}.`,
  };
}

// `error: unknown option '--prot'\n(Did you mean --port?)`
function usageText({ message }: CommanderError): string {
  const [, what, meant] = /^(?:error: )?(.*?)(?:\n\(Did you mean (.*)\?\))?$/s.exec(message) ?? [];
  return `${what?.replace(/\.$/, "")}; ${meant ? `did you mean ${meant}?` : seeHelp}`;
}

function realCommands(terminal: Terminal, signal: AbortSignal): Actions {
  return {
    // Only what is needed: each of these brings a good part of the program with it.
    async serve(flags, rest) {
      if (rest[0] !== undefined) throw unknownCommand(rest[0]);
      const { to } = flags;
      if (to === undefined) return (await import("./serve.ts")).serve(flags, terminal, signal);
      return (await import("./send.ts")).send({ ...flags, to }, terminal, signal);
    },
    demo: async (flags) => (await import("./demo.ts")).demo(flags, terminal, signal),
    tail: async (selectors, flags) =>
      (await import("./tail.ts")).tail(selectors, flags, terminal, signal),
    stats: async (flags) => (await import("./stats.ts")).stats(flags, terminal, signal),
    export: async (selectors, flags) =>
      (await import("./export.ts")).exportSamples(selectors, flags, terminal, signal),
    import: async (files, flags) =>
      (await import("./import.ts")).importFiles(files, flags, terminal, signal),
    backup: async (file, flags) =>
      (await import("./backup.ts")).backup(file, flags, terminal, signal),
    restore: async (file, flags) =>
      (await import("./restore.ts")).restore(file, flags, terminal, signal),
    async check(flags) {
      const { checkData } = await import("@plotcast/server");
      return (await import("./check.ts")).check(flags, terminal, signal, checkData);
    },
  };
}
