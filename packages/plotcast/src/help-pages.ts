import { exitMeanings } from "./exit-codes.ts";
import type { Page, Row } from "./help.ts";

/** What the help of each command has besides its options. */
export const pages = {
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
      "plotcast export <selector...>      print the samples that are kept",
      "plotcast import <file...>          send files",
      "plotcast stats                     tell what a server keeps",
      "plotcast backup <file>             save all that a server keeps, as one file",
      "plotcast restore <backup>          start over from such a file",
      "plotcast check                     verify what is kept in a folder",
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
  stats: {
    title: "Tells what a running server keeps: series, samples, bytes per sample, since when.",
    examples: [
      ["plotcast stats", "of the server on this machine"],
      ["plotcast stats --url http://10.0.0.7:8080", "of another one"],
      ["plotcast stats --json", "for programs"],
    ],
    usage: ["plotcast stats [options]"],
  },
  export: {
    title: "Prints every sample that a running server keeps of some series.",
    examples: [
      ["plotcast export temp > temp.csv", "one series"],
      ["plotcast export 'cpu*' --from -1d", "several, of the last day"],
      ["plotcast export '*' --from 2026-01-31 --out all.csv", "all, from then on"],
      ["plotcast export '*' --format ndjson | zstd > all.zst", "compressed"],
    ],
    usage: ["plotcast export [options] <selector...>"],
  },
  import: {
    title: "Sends files to a running server: CSV, NDJSON and whatever else can be posted.",
    examples: [
      ["plotcast import measurements.csv", "a series for each column"],
      ["plotcast import *.csv.gz --name lab", "several; names begin with lab."],
      ["plotcast export a | plotcast import - --to URL", "to another server"],
    ],
    usage: ["plotcast import [options] <file...>      - is standard input"],
  },
  backup: {
    title: "Saves all that a running server keeps as one file, while the server goes on.",
    examples: [
      ["plotcast backup monday.db", "of the server on this machine"],
      ["plotcast restore monday.db --data plots", "makes it the history of a new folder"],
      ["plotcast --data plots", "which a server starts from"],
    ],
    usage: ["plotcast backup [options] <file>"],
  },
  restore: {
    title: "Makes a backup the history of a data folder that has none.",
    examples: [["plotcast restore monday.db --data plots", "then: plotcast --data plots"]],
    usage: ["plotcast restore [options] <backup>"],
  },
  check: {
    title: "Verifies everything in a data folder, also while a server runs on it.",
    examples: [
      ["plotcast check", "the usual folder"],
      ["plotcast check --data plots", "another one"],
    ],
    usage: ["plotcast check [options]"],
  },
} satisfies Record<string, Page>;

/** The words that can follow `plotcast`. */
export const commandNames = [...Object.keys(pages), "help"];
