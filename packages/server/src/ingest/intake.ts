import type { Sample } from "@plotcast/protocol";
import type { TimeRange } from "./time-range.ts";

/** Where ingest puts samples: the part of a log it needs, handed in by whoever starts the server. */
export interface Intake {
  /** Resolves when the samples are durable. Rejects as `Log.append` does. */
  append(samples: readonly Sample[]): Promise<unknown>;
  /** Whether this series, given as canonical text, is known already. */
  hasSeries(series: string): boolean;
  seriesCount(): number;
  /** The times that are taken now. Asked once for many samples. */
  timeRange(): TimeRange;
}
