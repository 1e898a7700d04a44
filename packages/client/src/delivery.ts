import {
  type Columns,
  type Frame,
  type Hello,
  type History,
  PlotcastError,
  type Position,
  parsePosition,
  type Reduced,
  type Samples,
  type SeriesEntry,
} from "@plotcast/protocol";
import type { SeriesColumns } from "./change.ts";
import type { Opened, Told } from "./told.ts";

/**
 * Turns frames into what is told, such that every sample is told once, over any number of connections.
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
 *
 * History asked for beside an exact resume is of other series than those that go on. It has no place
 * in this order: whoever wants it keeps in mind how far it reaches.
 *
 *   hello (exact)          history … through 9   samples 3   samples 4
 *   both 2                 both 2                both 3      both 4
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
  /** History was asked for beside what goes on. */
  #besides = false;

  constructor(position: string | undefined) {
    this.#position = position;
  }

  /** Where to resume; undefined: from the start. */
  get position(): string | undefined {
    return this.#position;
  }

  /** To be called before each connection. `besides`: history is asked for although it resumes. */
  begin(besides = false): void {
    this.#besides = besides;
    // Half a history cannot be continued: told again from its start, after a reset. Not so the one
    // of a reduced gap, which is asked for again at the position it began with.
    if (this.#historyTorn && !this.#historyAdds) this.#position = undefined;
    this.#historyTorn = false;
  }

  /**
   * What a frame tells. Throws `bad-input` if the frame cannot be right: then connect again,
   * at `position`. If the same happens there once more, the loss is told and life goes on.
   */
  accept(frame: Exclude<Frame, { type: "bye" }>, id: string | undefined): Told[] {
    switch (frame.type) {
      case "hello":
        return this.#hello(frame);
      case "history":
        return this.#history(frame, id);
      case "samples":
        return this.#samples(frame, id);
      case "reduced":
        return this.#reduced(frame);
      case "gap":
        this.#moveTo(id ?? frame.to);
        return passed(
          { type: "gap", from: frame.from, to: frame.to, reason: frame.reason },
          id ?? frame.to,
        );
    }
  }

  /** An event of a plain endpoint, whose ids may be anything; an empty one takes the position back. */
  plain(id: string): void {
    this.#position = id === "" ? undefined : id;
  }

  /** A block with nothing but an id: there is nothing to deliver up to there. */
  idle(id: string): Told[] {
    const at = parsePosition(id);
    if (this.#historyOpen || !at || !this.#reached) return [];
    if (at.epoch !== this.#reached.epoch || !isAfter(at, this.#reached)) return [];
    this.#moveTo(id);
    return [{ type: "idle", position: id }];
  }

  /** A frame that cannot be used. Throws as `accept` does, or gives up on it and says so. */
  doubt(reason: string, to: string | undefined): Told[] {
    const from = this.#position ?? "";
    if (this.#doubtedAt !== from) {
      this.#doubtedAt = from;
      throw new PlotcastError("bad-input", reason);
    }
    if (to !== undefined) this.#moveTo(to);
    return passed({ type: "gap", from, to: to ?? "", reason }, to);
  }

  #hello(hello: Hello): Told[] {
    const asked = this.#position;
    const own = parsePosition(asked ?? "");
    const ours = own?.epoch === hello.epoch;
    const exact = ours && hello.recovery === "exact";
    const range = ours && hello.recovery === "reduced" ? hello.reduced : undefined;
    const told: Told[] = [];
    if (range !== undefined) {
      const reason = hello.missed?.reason ?? "the server has it only in part";
      told.push({ type: "open", recovery: "reduced", at: asked! });
      told.push({ type: "reduced", after: asked!, reason, from: range.from, to: range.to });
    } else if (exact) {
      told.push({ type: "open", recovery: "exact", at: asked! });
    } else {
      const repeats = asked !== undefined || this.#told;
      told.push({ type: "open", recovery: "whole", ...(repeats ? reset(asked, hello) : {}) });
      this.#position = undefined;
      this.#told = false;
    }
    this.#reached = exact ? own : parsePosition(hello.position);
    this.#historyOpen = !exact || this.#besides;
    this.#historyAdds = range !== undefined;
    this.#names.clear();
    return [...told, ...this.#introduce(hello.series)];
  }

  /** In mid-stream: we were too slow. Live goes on where the history of that time ends. */
  #reduced({ after, reason, from, to }: Reduced): Told[] {
    if (this.#position === undefined) {
      throw new PlotcastError("bad-input", "cannot read a frame: nothing was told that it reduces");
    }
    this.#historyOpen = true;
    this.#historyAdds = true;
    return [{ type: "reduced", after, reason, from, to }];
  }

  #history(history: History, id: string | undefined): Told[] {
    const { from, to, bucketMs, done, through } = history;
    const introduced = this.#introduce(history.series);
    const columns = this.#named(history.columns);
    if (columns === undefined) return this.doubt("a series was never introduced", id);
    this.#told = true;
    const told = { type: "history", from, to, bucketMs, done: done === true, columns } as const;
    if (through !== undefined) {
      this.#historyOpen = !done;
      return [...introduced, { ...told, through }];
    }
    this.#historyTorn = !done;
    if (done && id !== undefined) this.#moveTo(id);
    const position = done && id !== undefined ? { position: id } : {};
    return [...introduced, { ...told, ...position }];
  }

  #samples(frame: Samples, id: string | undefined): Told[] {
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
    const after = this.#position;
    if (id !== undefined) this.#moveTo(id);
    if (columns.size === 0) {
      return id === undefined ? changes : [...changes, { type: "idle", position: id }];
    }
    const position = id === undefined ? {} : { position: id };
    const begin = after === undefined ? {} : { after };
    return [...changes, { type: "samples", columns, ...position, ...begin }];
  }

  #moveTo(id: string): void {
    this.#position = id;
    this.#reached = parsePosition(id) ?? this.#reached;
    this.#historyOpen = false;
    this.#historyTorn = false;
  }

  #introduce(series: readonly SeriesEntry[]): Told[] {
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

/** Whether `a` is a later place of the same log. */
export function isAfter(a: Position, b: Position): boolean {
  return a.offset > b.offset || (a.offset === b.offset && a.part > b.part);
}

function reset(asked: string | undefined, { missed }: Hello): Pick<Opened, "reset"> {
  const why = asked === undefined ? "the history was cut short" : "the server did not resume there";
  return { reset: { after: asked ?? "", reason: missed?.reason ?? why } };
}

function passed(gap: Told, to: string | undefined): Told[] {
  return to === undefined ? [gap] : [gap, { type: "idle", position: to }];
}
