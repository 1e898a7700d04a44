import { availableParallelism } from "node:os";
import { findTool } from "../../scripts/system-tools.js";
import { sayOnce } from "../store/figures.ts";

/** The server has one core for itself; viewers and publisher have the other. */
export const serverCore = 0;
export const loadCore = 1;

/** A command that keeps to a core, with all its threads and children; -1: to none. */
export function onCore(
  core: number,
  command: readonly [string, ...string[]],
): [string, ...string[]] {
  const taskset = findTool("taskset");
  if (core < 0) return [...command];
  if (taskset === undefined || availableParallelism() < 2) {
    sayOnce("server and viewers are not kept apart: there is no taskset, or no second core");
    return [...command];
  }
  return [taskset, "-c", String(core), ...command];
}
