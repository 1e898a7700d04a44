import type { SampleBlock } from "../log/sample-block.ts";
import type { TimeRange } from "./time-range.ts";

/** Where ingest puts samples: the part of a log it needs, handed in by whoever starts the server. */
export interface Intake {
  /**
   * Resolves when the samples are durable. Rejects as `Log.append` does. Once it has settled, the
   * columns are used again for other samples.
   */
  append(block: SampleBlock): Promise<unknown>;
  /** A series that is known already, given as canonical text: the same text, as it is kept. */
  findSeries(series: string): string | undefined;
  seriesCount(): number;
  /** The times that are taken now. Asked once for many samples. */
  timeRange(): TimeRange;
}
