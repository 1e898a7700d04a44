import type { Scratch } from "../store/scratch.ts";
import type { Target } from "./load.ts";
import type { Programs } from "./programs.ts";

export type SystemOptions = {
  /** Those who come get so many samples or events from before; none if not given. */
  readonly history?: number;
  readonly port?: number;
  /** What the time of a posted event is; when it was due if not given. */
  readonly stamp?: "due" | "sent";
};

/** Something that sends events to viewers, and can be started. */
export type System = {
  readonly name: string;
  /** More would only show that it breaks, and take long. */
  readonly maxViewers?: number;
  /** Undefined, and said so, where this machine does not have it. */
  readonly start: (
    scratch: Scratch,
    programs: Programs,
    options?: SystemOptions,
  ) => Promise<Running | undefined>;
};

export type Running = Target & {
  readonly name: string;
  readonly pid: number;
  /** So many events a second from now on, each one sample. `bytes`: their size, for the floor. */
  readonly rate: (perSecond: number, bytes?: number) => Promise<void>;
  readonly stop: () => Promise<void>;
};
