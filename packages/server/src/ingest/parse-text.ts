import type { Sample } from "@plotcast/protocol";
import { samplesOf } from "../log/sample-block.ts";
import { type ArrivalClock, arrivalClock } from "./arrival-clock.ts";
import { Collector } from "./collector.ts";
import { Parser } from "./parser.ts";
import type { Rejection } from "./rejection.ts";
import { SeriesNames } from "./series-names.ts";
import type { TimeRange } from "./time-range.ts";

export type ParseOptions = {
  /** The series, or what stands before the names in the text: `room.cpu`. */
  readonly prefix?: string | undefined;
  /** The text is some program's output: take the numbers and pass over what has none. */
  readonly loose?: boolean | undefined;
  readonly clock?: ArrivalClock | undefined;
  /** Samples with a time outside of it are rejected. Default: none are. */
  readonly range?: TimeRange | undefined;
};

/** Reads a whole text. Never throws: what cannot be taken is among the rejected, the rest is kept. */
export function parseText(
  text: string,
  { prefix, loose = false, clock = arrivalClock, range }: ParseOptions = {},
): { samples: readonly Sample[]; rejected: readonly Rejection[] } {
  const names = new SeriesNames(prefix, loose ? "value" : undefined);
  const rejected: Rejection[] = [];
  const onRejected = (line: number, reason: string) => rejected.push({ line, reason });
  const collector = new Collector(names, clock, { loose, onRejected });
  if (range) collector.range = range;
  const parser = new Parser(collector);
  parser.push(text);
  parser.end();
  return { samples: samplesOf(collector.take()), rejected };
}
