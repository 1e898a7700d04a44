import { PlotcastError } from "@plotcast/protocol";

/**
 * How the times of an endpoint are written. `time-of-day`: `14:05:06`; `mm:ss`: of whichever hour is
 * nearest to now; `arrival`: whatever is written, the time of arrival is taken.
 */
export type TimeFormat =
  | "unix-s"
  | "unix-ms"
  | "unix-us"
  | "unix-ns"
  | "iso"
  | "time-of-day"
  | "mm:ss"
  | "arrival";

/** What is known of an endpoint that promises nothing. Whatever is left out is guessed. */
export type PlainOptions = {
  /** The field that holds the time: its name, or from any object in the event its dotted path. */
  readonly timeField?: string;
  readonly timeFormat?: TimeFormat;
  /** An IANA zone, of times that name none. */
  readonly zone?: string;
  /** The fields that are shown: names, dotted paths, or globs of either. The others are passed over. */
  readonly fields?: readonly string[];
  /** The events that count, by name; `message` are those without one. */
  readonly events?: readonly string[];
};

// Somebody's server answers each time.
const leastPollMs = 100;
const mostPollMs = 24 * 3_600_000;

/** Throws `bad-input` for what could only fail later, and elsewhere. */
export function checkPlain({ zone }: PlainOptions, poll: number | undefined): void {
  if (poll !== undefined && !(poll >= leastPollMs && poll <= mostPollMs)) {
    const message = `cannot poll every ${poll} ms: expected ${leastPollMs} ms to a day`;
    throw new PlotcastError("bad-input", message);
  }
  try {
    if (zone !== undefined) new Intl.DateTimeFormat("en", { timeZone: zone });
  } catch (cause) {
    const message = `cannot read times of ${JSON.stringify(zone)}: expected a zone such as Europe/Berlin`;
    throw new PlotcastError("bad-input", message, { cause });
  }
}
