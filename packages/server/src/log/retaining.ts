import { PlotcastError } from "@plotcast/protocol";
import type { Log } from "./log.ts";

/** A log that drops its own past, by itself every 30 s. */
export interface Retaining extends Log {
  /** Drops now what is too old or too much. */
  retain(): Promise<void>;
}

export const retainEveryMs = 30_000;

export function closedError(): PlotcastError {
  return new PlotcastError("closed", "cannot use the log: it is closed");
}
