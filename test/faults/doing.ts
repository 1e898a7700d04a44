import { openSync, readFileSync, writeSync } from "node:fs";
import { threadId } from "node:worker_threads";

/*
 * What a process is about, for whoever finds it killed: a byte for each of its threads, in a file,
 * which outlives it.
 */

export const activities = [
  ...["nothing", "append", "trim", "seal", "rollup", "retention", "commit", "checkpoint", "backup"],
] as const;
export type Activity = (typeof activities)[number];

/** Returns a function that says what this thread is about from now on. */
export function createDoing(file: string): (activity: Activity) => void {
  const fd = openSync(file, "r+");
  return (activity) => {
    writeSync(fd, Uint8Array.of(activities.indexOf(activity)), 0, 1, threadId);
  };
}

/** What all threads were about when they last said so. */
export function readDoing(file: string): Activity[] {
  return [...readFileSync(file)].map((byte) => activities[byte]!);
}
