import { DatabaseSync, StatementSync } from "node:sqlite";
import { type Activity, createDoing } from "./doing.ts";

/*
 * Loaded with --import, into every thread: says what SQLite is asked to do. It goes by the text of
 * the statements; where these change it sees less, and the test that uses it fails for that.
 */
const doing = createDoing(process.env.PLOTCAST_TEST_DOING ?? "");

const activityOf: readonly (readonly [RegExp, Activity])[] = [
  [/^INSERT INTO log/, "append"],
  [/^DELETE FROM log/, "trim"],
  [/^DELETE FROM (chunk|rollup) WHERE id IN|incremental_vacuum/, "retention"],
  [/^(INSERT INTO|REPLACE INTO|UPDATE|DELETE FROM) chunk/, "seal"],
  [/^(INSERT INTO|REPLACE INTO|UPDATE|DELETE FROM) rollup/, "rollup"],
  [/wal_checkpoint/, "checkpoint"],
  [/^COMMIT/, "commit"],
];
let current: Activity = "nothing";

/** Kills the process, unless something else does before: `seal 3` when that is begun for the third time. */
const [killAt, killAfter] = (process.env.PLOTCAST_TEST_KILL_AT ?? "").split(" ");
let begun = 0;

function note(sql: string): void {
  const found = activityOf.find(([pattern]) => pattern.test(sql))?.[1];
  if (!found) return;
  // The commits of a log are a part of what it does; those of a store are of interest by themselves.
  if (found !== "commit" || (current !== "append" && current !== "trim")) current = found;
  doing(current);
  if (current === killAt && ++begun === Number(killAfter)) process.kill(process.pid, "SIGKILL");
}

const { exec } = DatabaseSync.prototype;
DatabaseSync.prototype.exec = function (sql) {
  note(sql);
  exec.call(this, sql);
  if (!/^COMMIT|wal_checkpoint/.test(sql)) return;
  current = "nothing";
  doing(current);
};

for (const name of ["run", "get", "all"] as const) {
  const before = StatementSync.prototype[name] as (...values: never[]) => unknown;
  StatementSync.prototype[name] = function (this: StatementSync, ...values: never[]) {
    note(this.sourceSQL);
    return before.apply(this, values);
  } as never;
}
