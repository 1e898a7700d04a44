import {
  type Columns,
  type Frame,
  type Hello,
  type History,
  PlotcastError,
  type Position,
  parsePosition,
  type Samples,
  type SeriesEntry,
} from "@plotcast/protocol";
import type { Change, SeriesColumns } from "./change.ts";

/**
 * Turns frames into changes such that every sample is told once, over any number of connections.
 *
 * Two places are kept. `position` is where we would resume: all before it has been handed over.
 * `#reached` is what this connection has covered; it runs ahead of `position` while history is on its
 * way, because history has no order that one could resume in.
 *
 *   hello (fresh, position 7)   history …   history done, id 7   samples 8   samples 9
 *   reached 7, position none                position 7           both 8      both 9
 *
 *   hello (reduced, position 7)   history …   cut   hello (reduced, position 9)   … done, id 9
 *   reached 7, position 2                           reached 9, position 2         both 9
 */
export class Delivery {
  #position: string | undefined;
  #reached: Position | undefined;
  #names = new Map<number, string>();
  /** Until it is done, the ids of blocks must not move the position past it. */
  #historyOpen = false;
  /** History of which some was handed over, and the rest is missing. */
  #historyTorn = false;
  /** History adds to what was told before it: it can be told again from its start. */
  #historyAdds = false;
  /** Whether the one who listens has anything that a fresh history would repeat. */
  #told = false;
  #doubtedAt: string | undefined;

  constructor(position: string | undefined) {
    this.#position = position;
  }

  /** Where to resume; undefined: from the start. */
  get position(): string | undefined {
    return this.#position;
  }

  /** To be called before each connection. */
  begin(): void {
    // Half a history cannot be continued: told again from its start, after a reset. Not so the one
    // of a reduced gap, which is asked for again at the position it began with.
    if (this.#historyTorn && !this.#historyAdds) this.#position = undefined;
    this.#historyTorn = false;
  }

  /**
   * The changes a frame makes. Throws `bad-input` if the frame cannot be right: then connect again,
   * at `position`. If the same happens there once more, the loss is told and life goes on.
   */
  accept(frame: Exclude<Frame, { type: "bye" }>, id: string | undefined): Change[] {
    switch (frame.type) {
      case "hello":
        return this.#hello(frame);
      case "history":
        return this.#history(frame, id);
      case "samples":
        return this.#samples(frame, id);
      case "gap":
        this.#moveTo(id ?? frame.to);
        return [{ type: "gap", from: frame.from, to: frame.to, reason: frame.reason }];
    }
  }

  /** An event of a plain endpoint, whose ids may be anything; an empty one takes the position back. */
  plain(id: string): void {
    this.#position = id === "" ? undefined : id;
  }

  /** A block with nothing but an id: there is nothing to deliver up to there. */
  idle(id: string): void {
    const at = parsePosition(id);
    if (this.#historyOpen || !at || !this.#reached) return;
    if (at.epoch === this.#reached.epoch && isAfter(at, this.#reached)) this.#moveTo(id);
  }

  /** A frame that cannot be used. Throws as `accept` does, or gives up on it and says so. */
  doubt(reason: string, to: string | undefined): Change[] {
    const from = this.#position ?? "";
    if (this.#doubtedAt !== from) {
      this.#doubtedAt = from;
      throw new PlotcastError("bad-input", reason);
    }
    if (to !== undefined) this.#moveTo(to);
    return [{ type: "gap", from, to: to ?? "", reason }];
  }

  #hello(hello: Hello): Change[] {
    const asked = this.#position;
    const own = parsePosition(asked ?? "");
    const ours = own?.epoch === hello.epoch;
    const exact = ours && hello.recovery === "exact";
    const range = ours && hello.recovery === "reduced" ? hello.reduced : undefined;
    const changes: Change[] = [];
    if (range !== undefined) {
      changes.push(reduced(asked, hello, range));
    } else if (!exact) {
      if (asked !== undefined || this.#told) changes.push(reset(asked, hello));
      this.#position = undefined;
      this.#told = false;
    }
    this.#reached = exact ? own : parsePosition(hello.position);
    this.#historyOpen = !exact;
    this.#historyAdds = range !== undefined;
    this.#names.clear();
    return [...changes, ...this.#introduce(hello.series)];
  }

  #history(history: History, id: string | undefined): Change[] {
    const { from, to, bucketMs, done } = history;
    const introduced = this.#introduce(history.series);
    const columns = this.#named(history.columns);
    if (columns === undefined) return this.doubt("a series was never introduced", id);
    this.#told = true;
    this.#historyTorn = !done;
    if (done && id !== undefined) this.#moveTo(id);
    const position = done && id !== undefined ? { position: id } : {};
    const told = { type: "history", from, to, bucketMs, done: done === true, columns } as const;
    return [...introduced, { ...told, ...position }];
  }

  #samples(frame: Samples, id: string | undefined): Change[] {
    const changes = this.#introduce(frame.series);
    const reached = this.#reached;
    const at = parsePosition(id ?? "");
    if (at && reached?.epoch === at.epoch) {
      if (!isAfter(at, reached)) return changes; // told before
      const prev = parsePosition(frame.prev);
      if (prev?.epoch === reached.epoch && isAfter(prev, reached)) {
        changes.push(...this.doubt("a frame was lost on the way", frame.prev));
      }
    } else if (at && reached) {
      changes.push(...this.doubt("the log began anew", id));
    }
    const columns = this.#named(frame.columns);
    if (columns === undefined)
      return [...changes, ...this.doubt("a series was never introduced", id)];
    this.#told = true;
    if (id !== undefined) this.#moveTo(id);
    if (columns.size === 0) return changes;
    const position = id === undefined ? {} : { position: id };
    return [...changes, { type: "samples", columns, ...position }];
  }

  #moveTo(id: string): void {
    this.#position = id;
    this.#reached = parsePosition(id) ?? this.#reached;
    this.#historyOpen = false;
    this.#historyTorn = false;
  }

  #introduce(series: readonly SeriesEntry[]): Change[] {
    for (const entry of series) this.#names.set(entry.id, entry.series);
    return series.length === 0 ? [] : [{ type: "series", series }];
  }

  /** Undefined if a series has no name yet. */
  #named(columns: ReadonlyMap<number, Columns>): SeriesColumns | undefined {
    const named = new Map<string, Columns>();
    for (const [id, column] of columns) {
      const name = this.#names.get(id);
      if (name === undefined) return undefined;
      named.set(name, column);
    }
    return named;
  }
}

function isAfter(a: Position, b: Position): boolean {
  return a.offset > b.offset || (a.offset === b.offset && a.part > b.part);
}

function reduced(
  asked: string | undefined,
  { missed }: Hello,
  { from, to }: NonNullable<Hello["reduced"]>,
): Change {
  const reason = missed?.reason ?? "the server has it only in part";
  return { type: "reduced", after: asked ?? "", reason, from, to };
}

function reset(asked: string | undefined, { missed }: Hello): Change {
  const why = asked === undefined ? "the history was cut short" : "the server did not resume there";
  return { type: "reset", after: asked ?? "", reason: missed?.reason ?? why };
}
