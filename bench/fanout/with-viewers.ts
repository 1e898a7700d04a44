import { sayOnce } from "../store/figures.ts";
import type { Scratch } from "../store/scratch.ts";
import { type Load, type LoadOptions, type Opened, startLoad } from "./load.ts";
import type { Programs } from "./programs.ts";
import type { Running, System, SystemOptions } from "./system.ts";

type Options = LoadOptions & SystemOptions;

/**
 * Starts a system, connects its viewers, and does something with them. Undefined, and said so, if the
 * system cannot be had or not all viewers get in.
 */
export async function withViewers<T>(
  scratch: Scratch,
  programs: Programs,
  system: System,
  viewers: number,
  run: (running: Running, load: Load, opened: Opened) => Promise<T>,
  options: Options = {},
): Promise<T | undefined> {
  if (system.maxViewers !== undefined && viewers > system.maxViewers) {
    sayOnce(`${system.name}: not tried with more than ${system.maxViewers} viewers`);
    return undefined;
  }
  const running = await system.start(scratch, programs, options);
  if (!running) return undefined;
  const load = startLoad(scratch, programs.client, running, options);
  try {
    const opened = await load.open(viewers);
    if (opened.served === viewers) return await run(running, load, opened);
    sayOnce(`${system.name}: only ${opened.served} of ${viewers} viewers got in`);
    return undefined;
  } finally {
    await load.stop();
    await running.stop();
  }
}
