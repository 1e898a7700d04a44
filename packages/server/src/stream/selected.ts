import { setImmediate as nextTurn } from "node:timers/promises";
import type { Selection } from "@plotcast/protocol";
import type { SeriesTable } from "../log/log.ts";

/** A selection, asked by the ids of a log. */
export type Selected = {
  readonly wants: (id: number) => boolean;
  /** Those wanted of the series that are known by the time of each iteration, ascending. */
  readonly ids: Iterable<number>;
  /** How many were known when it was made. */
  readonly count: number;
};

// Taking a name apart and matching it takes about 2 µs.
const namesPerTurn = 1000;

/**
 * Asks for each series that is known so far, a few in each turn, for there may be 100,000. From then
 * on each answer is remembered, and only new series are matched when they are first asked for.
 */
export async function select(selection: Selection, table: SeriesTable): Promise<Selected> {
  const answers: (boolean | undefined)[] = [];
  const wants = (id: number) => {
    answers[id] ??= selection.matches(table.series(id));
    return answers[id];
  };
  let count = 0;
  for (let id = 1; id <= table.size; id++) {
    if (wants(id)) count++;
    if (id % namesPerTurn === 0) await nextTurn();
  }
  const ids = {
    *[Symbol.iterator]() {
      for (let id = 1; id <= table.size; id++) if (wants(id)) yield id;
    },
  };
  return { wants, ids, count };
}
