import type { styleText } from "node:util";
import { dividedBytes, isLoopback, type ServerOptions } from "@plotcast/server";
import { reachableUrls } from "./addresses.ts";
import type { Config } from "./config.ts";
import { formatKeep } from "./keeping.ts";
import { formatSize } from "./units.ts";

/** Colours a text, or leaves it as it is where nobody would see that. */
export type Paint = (format: Parameters<typeof styleText>[0], text: string) => string;

/** What is known once the server runs. */
export type Running = {
  readonly version: string;
  /** The address that the server gives. */
  readonly url: string;
  readonly config: Config;
  /** A series to name in the examples. */
  readonly series: string;
  readonly interfaces?: Parameters<typeof reachableUrls>[1];
};

const pageHint = "on a page from elsewhere: start with --allow-origin <its origin>";

/** What is said at the start: where to look, where data goes, and how to feed it, ready to copy. */
export function formatWelcome(running: Running, paint: Paint): string {
  const { config, version, series } = running;
  const { options } = config;
  const urls = reachableUrls(running.url, running.interfaces);
  const url = urls[0]!;
  const read = options.readToken && `token=${shown(options.readToken, config.readTokenMade)}`;
  const stream = `${url}/v1/stream?series=${series}${read ? `&${read}` : ""}`;
  const rows: [label: string, ...lines: string[]][] = [
    ["Open", ...urls.map((each) => paint(["bold", "cyan"], read ? `${each}/?${read}` : each))],
    ["Data", keeping(config)],
    ...tokens(config),
    ["Pipe", `vmstat -n 1 | npx plotcast --to ${url}${writeFlag(config)}`],
    ["Curl", `curl ${writeHeader(config)}-d 21.4 ${url}/temp`],
    [
      "Page",
      `<script type="module" src="${url}/live-chart.js"></script>`,
      `<live-chart src="${stream}"></live-chart>`,
      ...(isReadableAnywhere(options) ? [] : [paint("dim", pageHint)]),
    ],
  ];
  const moved = options.portMayMove && Number(new URL(url).port || 80) !== options.port;
  if (moved)
    rows[0]!.push(paint("dim", `port ${options.port} is in use, this is the next free one`));
  const lines = rows.flatMap(([label, ...texts]) =>
    texts.map((text, index) => `  ${paint("dim", (index ? "" : label).padEnd(7))}${text}`),
  );
  return `\n  ${paint("bold", "Plotcast")} ${version}\n\n${lines.join("\n")}\n\n`;
}

// As the server's guard has it: on loopback any page that the user visits could read along.
function isReadableAnywhere({ host, readToken, allowedOrigins }: ServerOptions): boolean {
  return allowedOrigins.length > 0 || (!isLoopback(host) && readToken === undefined);
}

function keeping({ options }: Config): string {
  const { log, store } = dividedBytes(options);
  const kept = `${formatKeep(options.keep)}, at most ${formatSize(log + store)}`;
  return options.dataDir === undefined ? `in memory only, ${kept}` : `${options.dataDir}, ${kept}`;
}

// A token that the user gave stays out of terminals and logs; one that was made is nowhere else.
function shown(token: string, made: boolean): string {
  return made ? token : "<read-token>";
}

function tokens({ options, writeTokenMade, readTokenMade }: Config): [string, ...string[]][] {
  const made = [
    ...(writeTokenMade ? [`to write  ${options.writeToken}`] : []),
    ...(readTokenMade ? [`to read   ${options.readToken}`] : []),
  ];
  return made.length > 0 ? [["Tokens", ...made]] : [];
}

function writeFlag({ options, writeTokenMade }: Config): string {
  if (options.writeToken === undefined) return "";
  return ` --write-token ${writeTokenMade ? options.writeToken : "<write-token>"}`;
}

function writeHeader({ options, writeTokenMade }: Config): string {
  if (options.writeToken === undefined) return "";
  return `-H "Authorization: Bearer ${writeTokenMade ? options.writeToken : "<write-token>"}" `;
}
