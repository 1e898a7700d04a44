import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { setTimeout as elapsed } from "node:timers/promises";
import { answerParent } from "./child.ts";

export type DiskQuestion = {
  readonly file: string;
  readonly perSecond: number;
  readonly ms: number;
};
export type DiskAnswer = { readonly took: number[] };

/** Appends 4 kB and waits for the disk, so many times a second, with nothing else in between. */
await answerParent(async ({ file, perSecond, ms }: DiskQuestion) => {
  const open = openSync(file, "a");
  const bytes = Buffer.alloc(4096, "plotcast");
  const took: number[] = [];
  for (const began = performance.now(); performance.now() - began < ms; ) {
    const start = performance.now();
    writeSync(open, bytes);
    fdatasyncSync(open);
    took.push(performance.now() - start);
    const due = began + (took.length * 1000) / perSecond;
    await elapsed(Math.max(0, due - performance.now()));
  }
  closeSync(open);
  return { took } satisfies DiskAnswer;
});
