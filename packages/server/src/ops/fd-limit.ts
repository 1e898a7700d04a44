import { readFileSync } from "node:fs";

/**
 * How many files and sockets this process may have open; undefined where the system does not say.
 * Node raises its own soft limit to the hard one when it starts, so this is the hard one.
 */
export function openFilesLimit(
  readLimits: () => string = () => readFileSync("/proc/self/limits", "utf8"),
): number | undefined {
  try {
    const soft = /^Max open files +(\d+)/m.exec(readLimits())?.[1];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}

/** How many may come in at the same time. */
export type Seats = {
  readonly viewers: number;
  /** Viewers and all others: senders, pages, probes. */
  readonly connections: number;
};

// For the database and its temporary files, standard streams, threads; 30 are open when idle.
const reserved = 100;
// The part of the connections that viewers leave to the others, when there are too few for all.
const othersShare = 0.2;

/**
 * What of the seats wanted there are descriptors for.
 *
 * Without descriptors left Node accepts connections and closes them at once, telling nobody; and what
 * is worse, nothing else gets one either: the log cannot open its file, nor a scrape `/proc`. So the
 * connections end before the descriptors do, and the viewers before the connections: a viewer that
 * finds no seat is told so, and probes and senders still come in.
 */
export function seatsWithin(
  limit: number | undefined,
  wanted: { readonly viewers: number; readonly others: number },
): Seats {
  const connections = wanted.viewers + wanted.others;
  if (limit === undefined || limit >= connections + reserved) {
    return { viewers: wanted.viewers, connections };
  }
  const room = Math.max(2, limit - Math.min(reserved, Math.ceil(limit / 2)));
  const others = Math.min(wanted.others, Math.ceil(room * othersShare));
  return { viewers: Math.min(wanted.viewers, room - others), connections: room };
}

/** What to tell at the start if there are fewer seats for viewers than were wanted; else undefined. */
export function seatsAdvice(
  limit: number | undefined,
  wanted: number,
  seats: Seats,
): string | undefined {
  if (seats.viewers >= wanted) return undefined;
  return `only ${seats.viewers} viewers fit in, not ${wanted}: this process may have ${limit} files open; raise that with "ulimit -n" or LimitNOFILE=`;
}
