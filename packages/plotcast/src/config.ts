import { randomBytes } from "node:crypto";
import { isIP } from "node:net";
import os from "node:os";
import path from "node:path";
import { canonicalSeries, PlotcastError } from "@plotcast/protocol";
import { defaultOptions, isLoopback, type ServerOptions } from "@plotcast/server";
import { type KeepFlags, readKeep } from "./keeping.ts";
import { type Env, parsed, readDuration, type Setting, setting } from "./setting.ts";
import { parsePort, parseSize } from "./units.ts";

/** What `plotcast` and `plotcast demo` take on the command line: text, not yet understood. */
export type ServerFlags = KeepFlags & {
  readonly host?: string;
  readonly port?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly data?: string;
  readonly persist?: boolean;
  readonly disk?: string;
  readonly open?: boolean;
  readonly writeToken?: string;
  readonly readToken?: string;
  readonly publicRead?: boolean;
  readonly allowOrigin?: readonly string[];
  readonly allowHost?: readonly string[];
  readonly trustProxy?: readonly string[];
  readonly maxViewers?: string;
  readonly streamAge?: string;
  readonly workers?: string;
  readonly logLevel?: string;
};

/** Everything a server is started with, and what is worth saying about where it came from. */
export type Config = {
  readonly options: ServerOptions;
  /** Whether the user chose the data folder: if so, no other one will do. */
  readonly dataDirNamed: boolean;
  /** Whether a token was made here: then nobody knows it yet, and it has to be shown. */
  readonly writeTokenMade: boolean;
  readonly readTokenMade: boolean;
};

/** What the configuration depends on besides the flags; handed over by tests. */
export type Surroundings = {
  readonly env?: Env;
  readonly platform?: NodeJS.Platform;
  readonly home?: string;
  readonly cores?: number;
  readonly makeToken?: () => string;
};

/**
 * Turns flags and environment into the options of `startServer`. Flags win; an empty variable counts
 * as unset. `folder` is what the data folder is called when the user names none.
 *
 * Throws `bad-input` that names the flag or variable, what was expected and what was found.
 */
export function readConfig(
  flags: ServerFlags,
  folder: string,
  surroundings: Surroundings = {},
): Config {
  const { env = process.env, makeToken } = surroundings;
  const host = setting("--host", flags.host, "PLOTCAST_HOST", env);
  const port = setting("--port", flags.port, "PLOTCAST_PORT", env);
  const dataDir =
    flags.persist === false ? noDataDir(flags) : findDataDir(flags.data, folder, surroundings);
  const address = host ? readHost(host) : defaultOptions.host;
  const tokens = readTokens(flags, env, isLoopback(address), makeToken ?? randomToken);
  return {
    ...tokens.made,
    dataDirNamed: dataDir?.named ?? false,
    options: {
      ...defaultOptions,
      ...tokens.options,
      host: address,
      port: port ? parsed(port, "a port from 0 to 65535", parsePort) : defaultOptions.port,
      portMayMove: port === undefined,
      tls: readTls(flags),
      dataDir: dataDir?.path,
      keep: readKeep(flags),
      maxDiskBytes: readSize("--disk", flags.disk) ?? defaultOptions.maxDiskBytes,
      allowedOrigins: (flags.allowOrigin ?? []).map(readOrigin),
      allowedHosts: (flags.allowHost ?? []).map(readHostName),
      trustedProxies: (flags.trustProxy ?? []).map(readProxy),
      maxViewers: readMaxViewers(flags.maxViewers),
      maxStreamAgeMs:
        readDuration("--stream-age", flags.streamAge) ?? defaultOptions.maxStreamAgeMs,
      workers: readWorkers(flags.workers, surroundings.cores ?? os.availableParallelism()),
      logLevel: readLogLevel(flags.logLevel ?? defaultOptions.logLevel),
    },
  };
}

/** The token that goes with a request to another server, from a flag or the environment. */
export function readClientToken(
  kind: "read" | "write",
  flag: string | undefined,
  env: Env = process.env,
): string | undefined {
  const token = setting(`--${kind}-token`, flag, `PLOTCAST_${kind.toUpperCase()}_TOKEN`, env);
  return token && checkToken(token);
}

/** A data folder, and whether the user chose it: if not, it is the one of the platform. */
export type DataDir = { readonly path: string; readonly named: boolean };

/** The data folder that a flag or the environment names, or else `folder` where programs keep data. */
export function findDataDir(
  flag: string | undefined,
  folder: string,
  { env = process.env, platform = process.platform, home = os.homedir() }: Surroundings = {},
): DataDir {
  const data = setting("--data", flag, "PLOTCAST_DATA", env);
  if (data === undefined)
    return { path: path.join(dataHome(env, platform, home), folder), named: false };
  const named = parsed(data, "a folder", (text) => text.trim() && text);
  return { path: path.resolve(named), named: true };
}

/** The canonical text of a prefix for series names. Throws `bad-input` for what cannot be one. */
export function readName(value: string | undefined): string | undefined {
  try {
    return value === undefined ? undefined : canonicalSeries(value);
  } catch (error) {
    if (!(error instanceof PlotcastError)) throw error;
    throw new PlotcastError(error.code, `--name: ${error.message}`, { cause: error });
  }
}

function readSize(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  return parsed({ name, value }, "a size such as 500MB or 10GB", parseSize);
}

function readHost(host: Setting): string {
  const bare = host.value.replace(/^\[(.*)\]$/, "$1");
  return parsed({ ...host, value: bare }, "an address to listen on, without a port", (text) =>
    isIP(text) > 0 || /^[A-Za-z0-9_.-]{1,253}$/.test(text) ? text : undefined,
  );
}

function readTls({ tlsCert, tlsKey }: ServerFlags): ServerOptions["tls"] {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert && tlsKey) return { certFile: tlsCert, keyFile: tlsKey };
  const found = tlsCert ? "no --tls-key" : "no --tls-cert";
  throw new PlotcastError(
    "bad-input",
    `expected --tls-cert and --tls-key together, found ${found}`,
  );
}

function noDataDir(flags: ServerFlags): undefined {
  if (flags.data === undefined) return undefined;
  throw new PlotcastError("bad-input", "expected --data or --no-persist, found both");
}

// Where programs keep data that is not a document, by the custom of each platform.
function dataHome(env: Env, platform: NodeJS.Platform, home: string): string {
  if (platform === "win32") return env.LOCALAPPDATA || path.join(home, "AppData", "Local");
  if (platform === "darwin") return path.join(home, "Library", "Application Support");
  const xdg = env.XDG_DATA_HOME;
  // The XDG specification has relative paths ignored.
  return xdg && path.isAbsolute(xdg) ? xdg : path.join(home, ".local", "share");
}

/**
 * On loopback, whoever can connect has an account on this machine, so tokens are only what the user
 * asks for. Anywhere else writing always takes one, and reading too unless the user says otherwise.
 */
function readTokens(flags: ServerFlags, env: Env, loopback: boolean, makeToken: () => string) {
  if (flags.publicRead && flags.readToken !== undefined)
    throw new PlotcastError("bad-input", "expected --read-token or --public-read, found both");
  const write = readClientToken("write", flags.writeToken, env);
  const read = flags.publicRead ? undefined : readClientToken("read", flags.readToken, env);
  const writeTokenMade = !loopback && write === undefined;
  const readTokenMade = !loopback && read === undefined && !flags.publicRead;
  return {
    made: { writeTokenMade, readTokenMade },
    options: {
      writeToken: writeTokenMade ? makeToken() : write,
      readToken: readTokenMade ? makeToken() : read,
    },
  };
}

// Tokens travel in a header and in links, so they must be made of visible ASCII; `found` would
// print a secret, hence the length only.
function checkToken({ name, value }: Setting): string {
  if (/^[\x21-\x7e]{1,200}$/.test(value)) return value;
  const found = value.length > 200 ? `${value.length} characters` : "something else";
  throw new PlotcastError(
    "bad-input",
    `${name}: expected 1 to 200 letters, digits or signs without spaces, found ${found}`,
  );
}

function randomToken(): string {
  return randomBytes(16).toString("hex");
}

function readOrigin(value: string): string {
  const name = "--allow-origin";
  return parsed({ name, value }, "an origin such as https://example.org", (text) => {
    const url = /^https?:\/\//.test(text) ? URL.parse(text) : null;
    return url && url.origin === text.replace(/\/$/, "").toLowerCase() ? url.origin : undefined;
  });
}

function readHostName(value: string): string {
  const name = "--allow-host";
  return parsed({ name, value }, "a host name without a port, such as charts.lan", (text) =>
    isIP(text) > 0 || /^[A-Za-z0-9_.-]{1,253}$/.test(text) ? text.toLowerCase() : undefined,
  );
}

function readProxy(value: string): string {
  const name = "--trust-proxy";
  return parsed({ name, value }, "an address or network such as 10.0.0.0/8", (text) => {
    const [, address = "", bits = "0"] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
    const family = isIP(address);
    return family > 0 && Number(bits) <= (family === 4 ? 32 : 128) ? text : undefined;
  });
}

// Each takes a file descriptor, and no system gives a process more.
const maxMaxViewers = 1_000_000;

function readMaxViewers(value: string | undefined): number {
  if (value === undefined) return defaultOptions.maxViewers;
  const expected = `a number from 1 to ${maxMaxViewers}`;
  return parsed({ name: "--max-viewers", value }, expected, (text) => {
    const count = /^\d{1,7}$/.test(text) ? Number(text) : 0;
    return count >= 1 && count <= maxMaxViewers ? count : undefined;
  });
}

// More than any machine's cores would only be in each other's way.
const maxWorkers = 256;

function readWorkers(value: string | undefined, cores: number): number {
  if (value === undefined) return defaultOptions.workers;
  if (value === "auto") return Math.max(1, Math.min(cores, maxWorkers));
  const expected = `a number from 1 to ${maxWorkers}, or auto`;
  return parsed({ name: "--workers", value }, expected, (text) => {
    const count = /^\d{1,3}$/.test(text) ? Number(text) : 0;
    return count >= 1 && count <= maxWorkers ? count : undefined;
  });
}

const logLevels: readonly ServerOptions["logLevel"][] = [
  "silent",
  "error",
  "warn",
  "info",
  "debug",
];

function readLogLevel(value: string): ServerOptions["logLevel"] {
  return parsed({ name: "--log-level", value }, `one of ${logLevels.join(", ")}`, (text) =>
    logLevels.find((level) => level === text),
  );
}
