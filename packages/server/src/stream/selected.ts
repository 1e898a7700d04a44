import type { Selection } from "@plotcast/protocol";
import type { SeriesTable } from "../log/log.ts";

/** A selection, asked by id: each series is matched by its text once and then remembered. */
export function selected(selection: Selection, table: SeriesTable): (id: number) => boolean {
  const answers: (boolean | undefined)[] = [];
  return (id) => {
    let answer = answers[id];
    if (answer === undefined) {
      answer = selection.matches(table.series(id));
      answers[id] = answer;
    }
    return answer;
  };
}
