import { PlotcastError } from "@plotcast/protocol";
import { CommanderError } from "commander";
import { exitCodes } from "./exit-codes.ts";
import { nearest } from "./nearest.ts";
import { type Actions, commandNames, createProgram } from "./program.ts";
import type { Terminal } from "./terminal.ts";
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

const seeHelp = 'see "plotcast --help"';

function unknownCommand(found: string): PlotcastError {
  const shown = JSON.stringify(found.slice(0, 80));
  const meant = nearest(found, commandNames);
  // A command after an option: what follows it might belong to either.
  if (meant === found)
    return new PlotcastError(
      "bad-input",
      `expected ${shown} before all options: plotcast ${found} …`,
    );
  const advice = meant ? `did you mean "plotcast ${meant}"?` : seeHelp;
  return new PlotcastError("bad-input", `unknown command ${shown}; ${advice}`);
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
  };
}
