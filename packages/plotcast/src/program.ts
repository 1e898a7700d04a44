import { Command, type Help, Option } from "commander";
import type { ServerFlags } from "./config.ts";
import { exitMeanings } from "./exit-codes.ts";
import { formatPage, type Page, type Row, styleTitle } from "./help.ts";
import type { ServeFlags } from "./serve.ts";
import type { TailFlags } from "./tail.ts";
import type { Terminal } from "./terminal.ts";

/** What is done for each command, once its command line is understood. */
export type Actions = {
  /** `rest` is what was left over on the command line; more than nothing is a mistake. */
  serve(flags: ServeFlags, rest: readonly string[]): Promise<void>;
  demo(flags: ServerFlags): Promise<void>;
  tail(selectors: readonly string[], flags: TailFlags): Promise<void>;
};

/** The words that can follow `plotcast`. */
export const commandNames = ["serve", "demo", "tail", "help"];

const pages = {
  serve: {
    title: "A stream of numbers at one end, a live chart on anyone's screen at the other.",
    examples: [
      ["vmstat -n 1 | plotcast", "chart the numbers any program prints"],
      ["plotcast", "wait for numbers from elsewhere"],
      ["curl -d 21.4 localhost:8080/temp", "such as this one"],
      ["ping example.org | plotcast --to URL", "feed a plotcast that runs already"],
      ["plotcast demo", "something to look at, at once"],
      ["plotcast tail 'cpu*' --since 15m", "follow series in the terminal"],
    ],
    usage: [
      "plotcast [options]                 serve charts, and read what is piped in",
      "plotcast demo [options]            the same, with numbers of its own",
      "plotcast tail <selector...>        print samples as they arrive",
      "plotcast help <command>            more about one of them",
    ],
    tables: [
      [
        "Environment (options win):",
        [
          ["PLOTCAST_HOST, PLOTCAST_PORT, PLOTCAST_DATA", "--host, --port, --data"],
          ["PLOTCAST_WRITE_TOKEN, PLOTCAST_READ_TOKEN", "--write-token, --read-token"],
          ["NO_COLOR", "plain output"],
        ],
      ],
      ["Exit codes:", exitMeanings.map(([code, meaning]): Row => [String(code), meaning])],
    ],
  },
  demo: {
    title: "Serves random numbers and this machine's CPU and memory, once a second.",
    examples: [
      ["plotcast demo", "charts on http://127.0.0.1:8080"],
      ["plotcast demo --open", "and a browser that shows them"],
      ["curl -N localhost:8080/chart-data", "the random numbers as Server-Sent Events"],
    ],
    usage: ["plotcast demo [options]"],
  },
  tail: {
    title:
      "Prints samples as they arrive: time, series, value. A selector is a name, a pattern or labels.",
    examples: [
      ["plotcast tail temp", "one series"],
      ["plotcast tail 'cpu*' memory", "several"],
      ["plotcast tail 'load{host=\"web-*\"}'", "by label"],
      ["plotcast tail temp --since 15m --json", "with the last 15 minutes, as JSON lines"],
    ],
    usage: ["plotcast tail [options] <selector...>"],
  },
} satisfies Record<string, Page>;

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
    .configureHelp({ styleTitle, visibleOptions, formatHelp });

  // `plotcast` alone is `plotcast serve`: one page tells all about both.
  const serve = program.command("serve", { isDefault: true });
  function pageOf(command: Command): Command {
    return command === program ? serve : command;
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
  return program;
}

/** What says how to serve means nothing to a server that runs already. */
const servingOnly = [
  ...["host", "port", "open", "data", "persist", "keep", "disk"],
  ...["readToken", "publicRead", "allowOrigin", "allowHost", "trustProxy", "logLevel"],
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
    .option("--open", "show the page in a browser")
    .optionsGroup("Keeping:")
    .option("--data <folder>", "where samples are kept (the default is shown at the start)")
    .option("--no-persist", "keep samples in memory only")
    .option("--keep <duration>", "for how long, such as 12h or 30d (default: 24h)")
    .option("--disk <size>", "at most this much, such as 500MB (default: 1GB)")
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
    .option("--log-level <level>", "silent, error, warn, info or debug (default: info)");
}

function addTailOptions(command: Command): Command {
  return command
    .optionsGroup("Options:")
    .option("--url <url>", "server to follow", "http://127.0.0.1:8080")
    .option("--since <duration>", "begin with what came since, such as 15m")
    .option("--json", "one JSON object per line")
    .option("--read-token <token>", "what the server asks of viewers (or PLOTCAST_READ_TOKEN)");
}

function listOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((value: string, before: string[] = []) => [
    ...before,
    value,
  ]);
}
