import { printTable, text } from "../store/figures.ts";
import type { Figures } from "./measure.ts";

/** Prints what was measured. `net`: less what the same page needs that is told and draws nothing. */
export function printFigures(all: ReadonlyMap<string, Figures>): void {
  const idle = all.get("nothing")?.cpu ?? 0;
  const naive = all.get("uplot-naive")?.cpu;
  const rows = [...all].map(([variant, figures]) => [
    variant,
    text(figures.cpu),
    naive === undefined ? "-" : text(figures.cpu / naive),
    text(netPerDraw(figures, idle)),
    text(figures.task),
    text(figures.script),
    text(figures.drawsPerSecond),
    text(figures.drawMs),
    text(figures.fps),
    `${text(figures.p50)} / ${text(figures.p95)} / ${text(figures.p99)}`,
    text(figures.behindMs),
    text(figures.steal),
  ]);
  printTable(
    [
      ...["", "cpu %", "of naive", "net ms/draw", "task %", "script %", "draws/s", "draw ms"],
      ...["fps", "frame p50/p95/p99 ms", "behind ms", "steal %"],
    ],
    rows,
  );
}

/** Milliseconds of processor time for each drawing. */
export function netPerDraw({ cpu, drawsPerSecond }: Figures, idle: number): number {
  return ((cpu - idle) * 10) / drawsPerSecond;
}
