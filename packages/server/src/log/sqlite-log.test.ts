import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import type { LogOptions } from "./log.ts";
import { testLog } from "./log-contract.ts";
import type { Retaining } from "./retaining.ts";
import { openSqliteLog } from "./sqlite-log.ts";

const root = mkdtempSync(join(tmpdir(), "plotcast-log-"));
after(() => rmSync(root, { recursive: true }));

let folders = 0;
const dirOf = new WeakMap<Retaining, string>();

async function openIn(dir: string, options: LogOptions): Promise<Retaining> {
  const log = await openSqliteLog(dir, options);
  dirOf.set(log, dir);
  return log;
}

testLog("sqlite log", (options) => openIn(join(root, "new", String(++folders)), options), {
  reopen: async (log, options) => {
    await log.close();
    return openIn(dirOf.get(log)!, options);
  },
});
