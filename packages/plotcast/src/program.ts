import { Command, type Help, Option } from "commander";
import type { BackupFlags } from "./backup.ts";
import type { CheckFlags } from "./check.ts";
import type { ServerFlags } from "./config.ts";
import type { ExportFlags } from "./export.ts";
import { formatPage, styleTitle } from "./help.ts";
import { pages } from "./help-pages.ts";
import type { ImportFlags } from "./import.ts";
import type { RestoreFlags } from "./restore.ts";
import type { ServeFlags } from "./serve.ts";
import type { StatsFlags } from "./stats.ts";
import type { TailFlags } from "./tail.ts";
import type { Terminal } from "./terminal.ts";
import { unknownCommand } from "./unknown-command.ts";

/** What is done for each command, once its command line is understood. */
export type Actions = {
  /** `rest` is what was left over on the command line; more than nothing is a mistake. */
  serve(flags: ServeFlags, rest: readonly string[]): Promise<void>;
  demo(flags: ServerFlags): Promise<void>;
  tail(selectors: readonly string[], flags: TailFlags): Promise<void>;
  stats(flags: StatsFlags): Promise<void>;
  export(selectors: readonly string[], flags: ExportFlags): Promise<void>;
  import(files: readonly string[], flags: ImportFlags): Promise<void>;
  backup(file: string, flags: BackupFlags): Promise<void>;
  restore(file: string, flags: RestoreFlags): Promise<void>;
  check(flags: CheckFlags): Promise<void>;
};

/** The command line, as commander understands it. Throws commander's errors instead of exiting. */
export function createProgram(
  version: string,
  { stdout }: Pick<Terminal, "stdout">,
  actions: Actions,
): Command {
  const program = new Command("plotcast")
    .exitOverride()
    .configureOutput({ writeOut: (text) => void stdout.write(text), outputError: () => {} })
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .configureHelp({ styleTitle, visibleOptions, formatHelp })
    .helpCommand(false);

  // `plotcast` alone is `plotcast serve`: one page tells all about both.
  const serve = program.command("serve", { isDefault: true });
  function pageOf(command: Command): Command {
    return command.name() in pages ? command : serve;
  }
  function visibleOptions(this: Help, command: Command): Option[] {
    const own = command === program ? [] : command.options;
    const common = [...program.options, new Option("-h, --help", "print this help")];
    return [...own, ...common.map((option) => option.helpGroup("Other:"))];
  }
  function formatHelp(this: Help, command: Command, helper: Help): string {
    const shown = pageOf(command);
    return formatPage(pages[shown.name() as keyof typeof pages], shown, helper);
  }

  addInputOptions(serve);
  addServerOptions(serve)
    .allowExcessArguments()
    .action((flags: ServeFlags, command: Command) => actions.serve(flags, command.args));
  addServerOptions(program.command("demo")).action((flags: ServerFlags) => actions.demo(flags));
  addTailOptions(program.command("tail <selector...>")).action(
    (selectors: string[], flags: TailFlags) => actions.tail(selectors, flags),
  );
  addAskOptions(program.command("stats"))
    .option("--json", "as JSON")
    .action((flags: StatsFlags) => actions.stats(flags));
  addExportOptions(program.command("export <selector...>")).action(
    (selectors: string[], flags: ExportFlags) => actions.export(selectors, flags),
  );
  addImportOptions(program.command("import <file...>")).action(
    (files: string[], flags: ImportFlags) => actions.import(files, flags),
  );
  program
    .command("backup <file>")
    .optionsGroup("Options:")
    .option("--url <url>", "server to ask", localUrl)
    .option("--write-token <token>", "what the server asks of senders (or PLOTCAST_WRITE_TOKEN)")
    .option("--force", "replace a file of that name")
    .action((file: string, flags: BackupFlags) => actions.backup(file, flags));
  addDataOption(program.command("restore <backup>")).action((file: string, flags: RestoreFlags) =>
    actions.restore(file, flags),
  );
  addDataOption(program.command("check")).action((flags: CheckFlags) => actions.check(flags));
  // Our own: commander's answers a command that there is not with the page of all.
  program.command("help [command]").action((name?: string) => {
    if (name === undefined || name === "help") return program.outputHelp();
    const command = program.commands.find((each) => each.name() === name);
    if (command === undefined) throw unknownCommand(name, "plotcast help");
    command.outputHelp();
  });
  return program;
}

/** What says how to serve means nothing to a server that runs already. */
const servingOnly = [
  ...["host", "port", "tlsCert", "tlsKey", "open", "data", "persist"],
  ...["keep", "keepMinutes", "keepHours", "disk"],
  ...["readToken", "publicRead", "allowOrigin", "allowHost", "trustProxy"],
  ...["maxViewers", "streamAge", "workers", "logLevel"],
];

function addInputOptions(command: Command): Command {
  return command
    .optionsGroup("Input:")
    .option("--name <prefix>", "call the series of the input <prefix>.…")
    .option("--tee", "pass the input through to standard output")
    .addOption(
      new Option("--to <url>", "feed the plotcast that runs there, instead of serving").conflicts(
        servingOnly,
      ),
    );
}

function addServerOptions(command: Command): Command {
  return command
    .optionsGroup("Listening:")
    .option("--host <address>", "address to listen on (default: 127.0.0.1, this machine only)")
    .option("--port <number>", "0 for any (default: 8080, or the next that is free)")
    .option("--tls-cert <file>", "speak HTTPS and HTTP/2: the certificate, in PEM")
    .option("--tls-key <file>", "and its private key")
    .option("--open", "show the page in a browser")
    .optionsGroup("Keeping:")
    .option("--data <folder>", "where samples are kept (the default is shown at the start)")
    .option("--no-persist", "keep samples in memory only")
    .option("--keep <duration>", "for how long, such as 12h or 30d (default: 30d)")
    .option("--keep-minutes <duration>", "and their extremes and sums by minute (default: 1y)")
    .option("--keep-hours <duration>", "and by hour (default: 10y)")
    .option("--disk <size>", "at most this much in all, such as 500MB (default: 10GB)")
    .optionsGroup("Access:")
    .option(
      "--write-token <token>",
      "what senders must show (made and shown if --host is not local)",
    )
    .option("--read-token <token>", "what viewers must show (likewise)")
    .option("--public-read", "let anyone view")
    .addOption(
      listOption("--allow-origin <origin>", "a site whose pages may read and write; repeatable"),
    )
    .addOption(listOption("--allow-host <name>", "another name of this server; repeatable"))
    .addOption(listOption("--trust-proxy <address>", "a proxy to believe; repeatable"))
    .optionsGroup("Other:")
    .option("--max-viewers <number>", "at the same time (default: 10000)")
    .option("--stream-age <duration>", "let viewers come back after so long (default: never)")
    .option("--workers <number>", "processes for viewers and senders, or auto: as many as cores")
    .option("--log-level <level>", "silent, error, warn, info or debug (default: info)");
}

function addTailOptions(command: Command): Command {
  return addAskOptions(command)
    .option("--since <duration>", "begin with what came since, such as 15m")
    .option("--json", "one JSON object per line");
}

function addExportOptions(command: Command): Command {
  return addAskOptions(command)
    .option("--from <time>", "such as 2026-01-31, 2026-01-31T12:00Z or -15m (default: all)")
    .option("--to <time>", "likewise (default: all)")
    .option("--format <format>", "csv or ndjson", "csv")
    .option("--out <file>", "write a file, which is there once it is whole");
}

function addImportOptions(command: Command): Command {
  return command
    .optionsGroup("Options:")
    .option("--to <url>", "server to send to", localUrl)
    .option("--name <prefix>", "call the series <prefix>.…")
    .option("--write-token <token>", "what the server asks of senders (or PLOTCAST_WRITE_TOKEN)");
}

const localUrl = "http://127.0.0.1:8080";

/** For commands that read from a running server. */
function addAskOptions(command: Command): Command {
  return command
    .optionsGroup("Options:")
    .option("--url <url>", "server to ask", localUrl)
    .option("--read-token <token>", "what the server asks of viewers (or PLOTCAST_READ_TOKEN)");
}

function addDataOption(command: Command): Command {
  return command
    .optionsGroup("Options:")
    .option("--data <folder>", "where samples are kept (default: the one plotcast would use)");
}

function listOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((value: string, before: string[] = []) => [
    ...before,
    value,
  ]);
}
