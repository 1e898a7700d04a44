import type { Keep } from "./store/store.ts";

/** What a server needs to know. The command fills it from flags; an embedding program directly. */
export type ServerOptions = {
  /** Address to listen on. Anything but loopback needs tokens. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Certificate and key, files in PEM: then it is HTTPS, with HTTP/2; undefined: plain HTTP. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  /** Instead of failing when `port` is taken, try the ones after it. */
  readonly portMayMove: boolean;
  /** Folder of the log, made if missing; undefined keeps everything in memory only. */
  readonly dataDir: string | undefined;
  /** How long samples are kept, and the buckets of a minute and of an hour made of them. */
  readonly keep: Keep;
  /** How far back the log reaches, for viewers that return and want exactly what they missed. */
  readonly replayMs: number;
  /** What log and history may occupy in the folder; `dividedBytes` says which may have how much. */
  readonly maxDiskBytes: number;
  /** Needed to write; undefined: not needed. */
  readonly writeToken: string | undefined;
  /** Needed to read; undefined: anyone may read. */
  readonly readToken: string | undefined;
  /** Origins (`https://example.org`) whose pages may read and write, besides our own. */
  readonly allowedOrigins: readonly string[];
  /** Host names (without port) we answer to, besides loopback names and `host`. */
  readonly allowedHosts: readonly string[];
  /** Addresses whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  readonly maxViewers: number;
  /** A stream ends after so long at most, and its viewer resumes elsewhere; infinity: never. */
  readonly maxStreamAgeMs: number;
  /** Processes that serve viewers and senders, for several cores; 1: this one, and no other. */
  readonly workers: number;
  /** Folders with the files of our pages: `live-chart.js`, `index.html`, … */
  readonly assetDirs: readonly string[];
  readonly logLevel: "silent" | "error" | "warn" | "info" | "debug";
};

const dayMs = 86_400_000;

/** Sane for one person on one machine. */
export const defaultOptions: ServerOptions = {
  host: "127.0.0.1",
  port: 8080,
  tls: undefined,
  portMayMove: false,
  dataDir: undefined,
  keep: { samplesMs: 30 * dayMs, minutesMs: 365 * dayMs, hoursMs: 3650 * dayMs },
  replayMs: 15 * 60_000,
  maxDiskBytes: 10_000_000_000,
  writeToken: undefined,
  readToken: undefined,
  allowedOrigins: [],
  allowedHosts: [],
  trustedProxies: [],
  maxViewers: 10_000,
  maxStreamAgeMs: Number.POSITIVE_INFINITY,
  workers: 1,
  assetDirs: [],
  logLevel: "info",
};

/** A folder can be large; memory that is taken here is missing elsewhere on the machine. */
const maxMemoryBytes = 256_000_000;
/** Minutes of what one machine can take in; more would only be missing from the history. */
const maxLogBytes = 1_000_000_000;

/** How much the log may hold and how much the store, wherever they are. */
export function dividedBytes({
  dataDir,
  maxDiskBytes,
}: Pick<ServerOptions, "dataDir" | "maxDiskBytes">): { log: number; store: number } {
  const whole = dataDir === undefined ? Math.min(maxDiskBytes, maxMemoryBytes) : maxDiskBytes;
  const log = Math.min(maxLogBytes, Math.floor(whole / 4));
  return { log, store: whole - log };
}
