/** What a server needs to know. The command fills it from flags; an embedding program directly. */
export type ServerOptions = {
  /** Address to listen on. Anything but loopback needs tokens. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Instead of failing when `port` is taken, try the ones after it. */
  readonly portMayMove: boolean;
  /** Folder of the log, made if missing; undefined keeps everything in memory only. */
  readonly dataDir: string | undefined;
  readonly keepMs: number;
  /** What the log may occupy in its folder; in memory it stays below `logBytes`. */
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
  /** Folders with the files of our pages: `live-chart.js`, `index.html`, … */
  readonly assetDirs: readonly string[];
  readonly logLevel: "silent" | "error" | "warn" | "info" | "debug";
};

/** Sane for one person on one machine. */
export const defaultOptions: ServerOptions = {
  host: "127.0.0.1",
  port: 8080,
  portMayMove: false,
  dataDir: undefined,
  keepMs: 24 * 3_600_000,
  maxDiskBytes: 1_000_000_000,
  writeToken: undefined,
  readToken: undefined,
  allowedOrigins: [],
  allowedHosts: [],
  trustedProxies: [],
  maxViewers: 10_000,
  assetDirs: [],
  logLevel: "info",
};

/** A folder can be large; memory that a log in memory takes is missing elsewhere on the machine. */
const maxMemoryBytes = 256_000_000;

/** How much the log may hold, wherever it is. */
export function logBytes({
  dataDir,
  maxDiskBytes,
}: Pick<ServerOptions, "dataDir" | "maxDiskBytes">): number {
  return dataDir === undefined ? Math.min(maxDiskBytes, maxMemoryBytes) : maxDiskBytes;
}
