import type { Writable } from "node:stream";
import { count } from "./units.ts";

/** A program that prints something else altogether would otherwise fill the terminal with it. */
const maxShown = 5;

/** Tells about the first lines that could not be taken in, and counts the others for the end. */
export function createRejections(stderr: Writable) {
  let total = 0;
  return {
    told(line: number, reason: string): void {
      if (++total <= maxShown) stderr.write(`plotcast: line ${line}: ${reason}\n`);
      if (total === maxShown) stderr.write("plotcast: further such lines are only counted\n");
    },
    end(): void {
      if (total > maxShown) stderr.write(`plotcast: ${count(total, "line")} could not be read\n`);
    },
  };
}
