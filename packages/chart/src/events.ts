import type { Change, SeriesColumns, Status } from "@plotcast/client";
import type { Selection } from "@plotcast/protocol";

/** What a `<live-chart>` dispatches. None of them bubbles. */
export type LiveChartEvents = {
  /** Samples arrived, of the series that the chart shows. */
  readonly sample: CustomEvent<{ readonly columns: SeriesColumns }>;
  readonly status: CustomEvent<Status>;
  /** Samples were lost, or all that was held is out of date: the lines are interrupted. */
  readonly gap: CustomEvent<{ readonly reason: string }>;
};

/** The event that tells the page of a change; undefined for changes that are nobody's business. */
export function eventOf(
  change: Change,
  selection: Selection | undefined,
): LiveChartEvents[keyof LiveChartEvents] | undefined {
  switch (change.type) {
    case "status":
      return new CustomEvent("status", { detail: change.status });
    case "gap":
    case "reset":
      return new CustomEvent("gap", { detail: { reason: change.reason } });
    case "samples": {
      const columns = narrow(change.columns, selection);
      return columns.size > 0 ? new CustomEvent("sample", { detail: { columns } }) : undefined;
    }
    default:
      return undefined;
  }
}

function narrow(columns: SeriesColumns, selection: Selection | undefined): SeriesColumns {
  if (!selection) return columns;
  return new Map([...columns].filter(([series]) => selection.matches(series)));
}
