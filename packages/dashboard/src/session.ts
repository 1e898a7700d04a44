import type { Change, SeriesColumns, Status } from "@plotcast/client";

/** What a page knows of its server. */
export type Session = {
  readonly status: Status;
  /** The same set until there is another series. */
  readonly series: ReadonlySet<string>;
  /** Whether the server has told everything it had: only then is "no series" a fact. */
  readonly told: boolean;
  /** Time of the oldest sample that was told, by the clock of the server. */
  readonly oldest: number | undefined;
  /** When something last came, Unix ms of our clock. */
  readonly lastHeard: number | undefined;
  /** Why there is no connection, and since when we try to get one back. */
  readonly trouble: { readonly reason: string; readonly since: number } | undefined;
};

export const newSession: Session = {
  status: { state: "connecting", attempt: 1 },
  series: new Set(),
  told: false,
  oldest: undefined,
  lastHeard: undefined,
  trouble: undefined,
};

/** What is known after a change. */
export function advance(session: Session, change: Change, now: number): Session {
  const heard = { ...session, lastHeard: now };
  switch (change.type) {
    case "status":
      return become(session, change.status, now);
    case "series": {
      const names = change.series.map((entry) => entry.series);
      if (names.every((name) => session.series.has(name))) return heard;
      return { ...heard, series: new Set([...session.series, ...names]) };
    }
    case "history":
      return {
        ...heard,
        told: session.told || change.done,
        oldest: older(session.oldest, change.columns),
      };
    case "samples":
      return { ...heard, told: true, oldest: older(session.oldest, change.columns) };
    case "reset":
      return { ...heard, series: new Set(), told: false, oldest: undefined };
    default:
      return heard;
  }
}

function become(session: Session, status: Status, now: number): Session {
  if (status.state === "live") return { ...session, status, lastHeard: now, trouble: undefined };
  if (status.state !== "waiting") return { ...session, status };
  const since = session.trouble?.since ?? now;
  return { ...session, status, trouble: { reason: status.reason, since } };
}

// The first of a series is its oldest, but for late samples, and those are as good here.
function older(oldest: number | undefined, columns: SeriesColumns): number | undefined {
  const first = [...columns.values()].map(({ times }) => times[0] ?? Number.POSITIVE_INFINITY);
  const least = Math.min(oldest ?? Number.POSITIVE_INFINITY, ...first);
  return Number.isFinite(least) ? least : undefined;
}

/** How long ago the oldest sample was; undefined without any. */
export function ageOf({ oldest, status }: Session, now: number): number | undefined {
  if (oldest === undefined) return undefined;
  const skew = status.state === "live" ? (status.clockOffsetMs ?? 0) : 0;
  return now + skew - oldest;
}
