import { checkLog } from "./log/check-log.ts";
import { type CheckOptions, checkHistory, type HistoryReport } from "./store/check-history.ts";

/** Verifies all files of a data folder, also while a server uses it. Rejects if one cannot be opened. */
export async function checkData(dir: string, options: CheckOptions = {}): Promise<HistoryReport> {
  const report = await checkHistory(dir, options);
  report.problems.push(...checkLog(dir));
  return report;
}
