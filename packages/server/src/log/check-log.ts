import { existsSync } from "node:fs";
import { openForReading, pathOf, valueIn } from "../sqlite/database.ts";
import { sampleBytes } from "../thread/sample-columns.ts";
import { decodeBatch } from "./batch-codec.ts";
import { logFile } from "./log-file.ts";

/** A file in ruins would fill the screen. */
const maxProblems = 1000;

/** Reads every batch of the log of a folder; one sentence for each thing that is not as it should be. */
export function checkLog(dir: string): string[] {
  // A folder into which a backup was put has none yet.
  if (!existsSync(pathOf(logFile, dir))) return [];
  const db = openForReading(logFile, dir);
  const problems: string[] = [];
  try {
    const pages = valueIn(db, "PRAGMA quick_check(1)");
    if (pages !== "ok") problems.push(`the log is damaged: ${pages}`);
    let next: number | undefined;
    for (const { offset, n, data } of db
      .prepare("SELECT offset, n, data FROM log ORDER BY offset")
      .iterate()) {
      if (problems.length >= maxProblems) break;
      if (next !== undefined && offset !== next) problems.push(`the log has no batch ${next}`);
      next = Number(offset) + 1;
      try {
        const found = decodeBatch(data as Uint8Array).length / sampleBytes;
        if (found !== n) problems.push(`batch ${offset}: expected ${n} samples, found ${found}`);
      } catch (error) {
        problems.push(`batch ${offset}: ${error instanceof Error ? error.message : error}`);
      }
    }
  } catch (error) {
    problems.push(`the log is damaged: ${error instanceof Error ? error.message : error}`);
  } finally {
    db.close();
  }
  return problems;
}
