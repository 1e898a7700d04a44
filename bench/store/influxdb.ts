import { globSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { findTool } from "../../scripts/system-tools.js";
import type { Columns } from "./data.ts";
import { sayOnce } from "./figures.ts";
import { answering, ask, freePort } from "./http.ts";
import { bytesIn, type Scratch } from "./scratch.ts";

const batchSize = 10_000;
const maxCompactingS = 60;

/** A running InfluxDB 1.x that loses nothing it has acknowledged. */
export type Influx = {
  /** `http://127.0.0.1:…`; each database must be made with `create` first. */
  readonly writeUrl: (database: string) => string;
  readonly create: (database: string) => Promise<void>;
  /** Line protocol in batches of 10,000, four on their way at a time. */
  readonly write: (database: string, series: Iterable<Columns>) => Promise<void>;
  readonly query: (database: string, query: string) => Promise<Buffer>;
  /** What a database occupies once nothing waits to be compacted any more. */
  readonly compactedBytes: (database: string) => Promise<number>;
  readonly stop: () => Promise<void>;
};

/**
 * Starts Debian's `influxd` as it is configured, which is with a sync of its write-ahead log for
 * every write (`wal-fsync-delay = "0s"`). Undefined, and said so, where it is not installed.
 *
 * `compacting`: it compacts what has not been written to for a second, and not only after hours.
 * That is a better size than its own settings give within a bench.
 */
export async function startInflux(
  scratch: Scratch,
  { compacting = false } = {},
): Promise<Influx | undefined> {
  const program = findTool("influxd");
  if (program === undefined) {
    sayOnce("InfluxDB: not measured, there is no influxd");
    return undefined;
  }
  const dir = scratch.folder("influxdb");
  const url = `http://127.0.0.1:${await freePort()}`;
  const config = path.join(dir, "influxdb.conf");
  writeFileSync(config, configuration(dir, url, await freePort(), compacting));
  const child = scratch.start(program, ["-config", config]);
  await answering(`${url}/ping`);
  const writeUrl = (database: string) => `${url}/write?db=${database}&precision=ms`;
  const query = (database: string, q: string) =>
    ask("GET", `${url}/query?${new URLSearchParams({ db: database, epoch: "ms", q })}`);
  return {
    writeUrl,
    query,
    create: async (database) => {
      const q = new URLSearchParams({ q: `CREATE DATABASE ${database}` });
      await ask("POST", `${url}/query?${q}`);
    },
    write: (database, series) => writeAll(writeUrl(database), series),
    compactedBytes: (database) => compactedBytes(dir, database),
    stop: child.stop,
  };
}

function configuration(dir: string, url: string, port: number, compacting: boolean): string {
  const soon = `
  cache-snapshot-write-cold-duration = "1s"
  compact-full-write-cold-duration = "1s"`;
  return `
reporting-enabled = false
bind-address = "127.0.0.1:${port}"
[meta]
  dir = "${dir}/meta"
[data]
  dir = "${dir}/data"
  wal-dir = "${dir}/wal"${compacting ? soon : ""}
[http]
  bind-address = "${new URL(url).host}"
`;
}

/** One line of line protocol, with a tag that names the series. */
export function influxLine(series: string, time: number, value: number): string {
  return `m,s=${series} value=${value} ${time}\n`;
}

async function writeAll(url: string, series: Iterable<Columns>): Promise<void> {
  const underWay: Promise<unknown>[] = [];
  let lines: string[] = [];
  const flush = async () => {
    const write = ask("POST", url, Buffer.from(lines.join("")));
    write.catch(() => {}); // reported to whoever waits for it
    underWay.push(write);
    lines = [];
    if (underWay.length >= 4) await underWay.shift();
  };
  for (const { series: name, times, values } of series) {
    for (let i = 0; i < times.length; i++) {
      if (lines.push(influxLine(name, times[i]!, values[i]!)) === batchSize) await flush();
    }
  }
  if (lines.length > 0) await flush();
  await Promise.all(underWay);
}

/** Compacting ends with one file for each shard. Says so if that takes too long. */
async function compactedBytes(dir: string, database: string): Promise<number> {
  const data = path.join(dir, "data", database);
  const isDone = () => {
    const files = globSync("*/*/*.{tsm,tmp}", { cwd: data });
    const shards = new Set(files.map((file) => path.dirname(file)));
    return files.length === shards.size && bytesIn(path.join(dir, "wal", database)) === 0;
  };
  // It looks for something to do once a second: done is what is still done after three.
  for (let done = 0, seconds = 0; done < 3; seconds++) {
    if (seconds === maxCompactingS) {
      console.log(`InfluxDB has not compacted ${database} in ${maxCompactingS} s`);
      break;
    }
    await delay(1000);
    done = isDone() ? done + 1 : 0;
  }
  return bytesIn(data);
}
