import { count } from "./units.ts";

/** A program that prints something else altogether would otherwise fill the terminal with it. */
const maxShown = 5;

/**
 * Tells about the first lines that could not be taken in, and counts the others for the end. With the
 * name of their file, if there is one.
 */
export function createRejections(tell: (sentence: string) => void, file?: string) {
  const where = file === undefined ? "" : `${file}, `;
  let total = 0;
  return {
    told(line: number, reason: string): void {
      if (++total <= maxShown) tell(`${where}line ${line}: ${reason}`);
      if (total === maxShown) tell("further such lines are only counted");
    },
    end(): void {
      if (total > maxShown) tell(`${where}${count(total, "line")} could not be read`);
    },
  };
}
