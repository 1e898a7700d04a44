import { type Columns, type Position, parsePosition } from "@plotcast/protocol";
import type { Change, SeriesColumns } from "./change.ts";
import { isAfter } from "./delivery.ts";
import type { Opened, Told } from "./told.ts";

/**
 * What one reader is told of a stream that it shares with others, who come and go and are told their
 * own history in between. It is handed what concerns its series, and only that.
 *
 * A reader joins when it has all of a history. From then on it is live, and takes the samples after
 * that; up to there they are in its history, and are sent for the sake of others.
 */
export class Listener {
  /** Has its history. */
  live = false;
  /** Its history comes with this connection. */
  #expects = false;
  /** That history is of everything; otherwise it says how far it reaches. */
  #whole = false;
  #through: Position | undefined;
  /** What that history has, until all samples are after it. */
  #past: SeriesColumns[] = [];
  /** Has something that a history from the start would repeat. */
  #told = false;

  /** `resumes`: it was live before, elsewhere. */
  constructor(resumes = false) {
    this.live = resumes;
    this.#told = resumes;
  }

  /** `takes`: if the connection brings history from the start, it is what this one wants. */
  accept(told: Told, takes = true): Change[] {
    // A server need not have a history to begin with.
    if (told.type === "samples" && this.#expects && this.#whole) {
      this.live = true;
      this.#expects = false;
    }
    switch (told.type) {
      case "open":
        return this.#open(told, takes);
      case "idle":
        return [];
      case "series":
        return told.series.length > 0 ? [told] : [];
      case "history":
        return this.#history(told);
      case "samples":
        return this.#samples(told);
      case "reduced":
        return this.live ? [told] : [];
      case "gap":
        return this.isNew(told.to) ? [told] : [];
      default:
        return [told];
    }
  }

  /** What it has cannot be continued: it needs its history anew. */
  restart(reason: string, after = ""): Change[] {
    const told = this.#told;
    this.live = this.#told = this.#expects = false;
    this.#through = undefined;
    this.#past = [];
    return told ? [{ type: "reset", after, reason }] : [];
  }

  #open({ recovery, reset }: Opened, takes: boolean): Change[] {
    this.#expects = false;
    if (recovery === "plain") {
      this.live = true;
      return [];
    }
    this.#whole = recovery === "whole";
    const begins = this.#whole || (takes && !this.live);
    const { after = "", reason = "the history was cut short" } = reset ?? {};
    const changes = begins ? this.restart(reason, after) : [];
    this.#expects = takes && !this.live && recovery !== "reduced";
    return changes;
  }

  #history(told: Extract<Told, { readonly type: "history" }>): Change[] {
    const { through, position, ...history } = told;
    const isOurs = this.#expects ? this.#whole || through !== undefined : this.live && !through;
    if (!isOurs) return [];
    this.#told = true;
    if (through !== undefined) this.#past.push(told.columns);
    if (!told.done) return [history];
    if (this.#expects) this.#through = parsePosition(through ?? "");
    this.live = true;
    this.#expects = false;
    const reached = through ?? position;
    return [reached === undefined ? history : { ...history, position: reached }];
  }

  #samples(told: Extract<Told, { readonly type: "samples" }>): Change[] {
    if (!this.isNew(told.position)) return [];
    const { after, ...samples } = told;
    // A frame may be from both sides of where the history ends.
    const columns = this.isNew(after) ? told.columns : without(told.columns, this.#past);
    this.#past = [];
    if (columns.size === 0) return [];
    this.#told = true;
    return [{ ...samples, columns }];
  }

  /** Whether it takes samples up to a position: those that are not in its history. */
  isNew(position: string | undefined): boolean {
    if (!this.live) return false;
    const at = parsePosition(position ?? "");
    return this.#through?.epoch !== at?.epoch || !at || isAfter(at, this.#through!);
  }
}

/** The samples that are in none of the others. */
function without(columns: SeriesColumns, others: readonly SeriesColumns[]): SeriesColumns {
  const left = new Map<string, Columns>();
  for (const [series, { times, values }] of columns) {
    const known = new Map<number, number | null>();
    for (const other of others) {
      const column = other.get(series);
      for (const [i, time] of column?.times.entries() ?? []) known.set(time, column!.values[i]!);
    }
    const isNew = (i: number) => known.get(times[i]!) !== values[i];
    const rest = {
      times: times.filter((_, i) => isNew(i)),
      values: values.filter((_, i) => isNew(i)),
    };
    if (rest.times.length > 0) left.set(series, rest);
  }
  return left;
}
