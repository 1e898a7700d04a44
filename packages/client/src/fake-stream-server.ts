import {
  encodeFrame,
  encodeHeartbeat,
  type Frame,
  FrameWriter,
  type Hello,
  parsePosition,
  parseSelection,
  type Selection,
} from "@plotcast/protocol";
import type { FakeBody, FakeRequest, FakeWorld } from "./fake-world.ts";

/** What the log has: one sample of one series at each offset, whose value is the offset. */
const seriesAt = (offset: number, names: readonly string[]) => names[offset % names.length]!;
/** Time of an offset: a second each. */
export const timeOf = (offset: number) => 1_700_000_000_000 + offset * 1000;

type Viewer = {
  readonly request: FakeRequest;
  readonly body: FakeBody;
  readonly selection: Selection;
  readonly writer: FrameWriter;
  /** What is still to be sent before live, and what it is. */
  opening: (() => void)[];
  after: number;
  prev: number;
};

/** A Plotcast server that does nothing unless it is told to: `accept`, `send`, `cut`. */
export class FakeStreamServer {
  readonly names: readonly string[];
  readonly viewers = new Set<Viewer>();
  head = 100;
  /** It resumes exactly after this, and tells what was missed after `oldestReduced`. */
  oldest = 0;
  oldestReduced = 0;
  epoch = "e";
  #world: FakeWorld;
  #answered = 0;

  constructor(world: FakeWorld, names: readonly string[]) {
    this.#world = world;
    this.names = names;
  }

  /** Greets all who have asked. Without `fails`: some server trouble. */
  accept(fails = false): void {
    for (; this.#answered < this.#world.requests.length; this.#answered++) {
      const request = this.#world.requests[this.#answered]!;
      if (request.signal.aborted) continue;
      if (fails) request.fail(new TypeError("fetch failed"));
      else this.#greet(request);
    }
  }

  /** Appends to the log. */
  grow(count: number): void {
    this.head += count;
  }

  /** Sends everyone a piece of what there is: a part of history, or what is new. */
  send(skip: (viewer: Viewer) => boolean = () => false): void {
    for (const viewer of this.viewers) {
      if (viewer.request.signal.aborted) this.viewers.delete(viewer);
      else if (!skip(viewer)) this.#sendTo(viewer);
    }
  }

  cut(): void {
    for (const { body, request } of this.viewers) if (!request.signal.aborted) body.cut();
    this.viewers.clear();
  }

  /** Tells everyone in mid-stream that it was too slow, up to now. */
  reduce(): void {
    for (const viewer of this.viewers) {
      if (viewer.opening.length > 0 || viewer.request.signal.aborted) continue;
      const range = { from: timeOf(viewer.after + 1), to: timeOf(this.head) };
      const after = this.#at(viewer.after);
      this.#tell(viewer, { type: "reduced", after, reason: "too slow", ...range });
      const { head } = this;
      this.#tellHistory(viewer, viewer.after + 1, head, viewer.selection, { id: this.#at(head) });
      viewer.after = viewer.prev = head;
    }
  }

  samplesOf(selection: Selection, from: number, to: number): { series: string; offset: number }[] {
    const all = [];
    for (let offset = from; offset <= to; offset++) {
      const series = seriesAt(offset, this.names);
      if (offset > 0 && selection.matches(series)) all.push({ series, offset });
    }
    return all;
  }

  #at(offset: number): string {
    return `${this.epoch}-${offset}`;
  }

  #greet(request: FakeRequest): void {
    const { searchParams } = request.url;
    const series = searchParams.getAll("series");
    const wanted = searchParams.getAll("history");
    const seconds = Number.parseInt(searchParams.get("span") ?? "15", 10);
    const selection = parseSelection(series.length > 0 ? series : ["*"]);
    const position = request.headers.get("last-event-id");
    const own = parsePosition(position ?? "");
    const { head, epoch } = this;
    const viewer: Viewer = {
      ...{ request, selection, opening: [], after: head, prev: head },
      ...{ body: request.stream(), writer: new FrameWriter(epoch) },
    };
    const asked = own?.epoch === epoch && own.offset <= head ? own.offset : -1;
    const hello = (more: Pick<Hello, "recovery"> & Partial<Hello>) =>
      this.#tell(viewer, {
        ...{ type: "hello", version: 1, epoch, position: this.#at(head) },
        ...{ serverTime: this.#world.time, heartbeatMs: 15_000 },
        series: this.names.flatMap((name, id) =>
          selection.matches(name) ? [{ id: id + 1, series: name }] : [],
        ),
        ...more,
      });
    if (asked >= this.oldest) {
      hello({ recovery: "exact" });
      viewer.after = viewer.prev = asked;
      if (wanted.length > 0) {
        // As it is when it is read, which may be later than hello.
        viewer.opening.push(() => {
          const through = this.#at(this.head);
          const of = parseSelection(wanted);
          this.#tellHistory(viewer, this.head - seconds, this.head, of, { through });
        });
      }
    } else {
      const reduced = asked >= this.oldestReduced;
      const first = reduced ? asked + 1 : head - seconds;
      const range = { from: timeOf(first), to: timeOf(head) };
      const missed = position === null ? {} : { missed: { after: position, reason: "too old" } };
      if (reduced) hello({ recovery: "reduced", reduced: range, ...missed });
      else hello({ recovery: position === null ? "fresh" : "reset", ...missed });
      this.#tellHistory(viewer, first, head, selection, { id: this.#at(head) });
    }
    this.viewers.add(viewer);
  }

  /** In two parts, each for a `send` of its own. */
  #tellHistory(
    viewer: Viewer,
    from: number,
    to: number,
    selection: Selection,
    { id, through }: { id?: string; through?: string },
  ): void {
    const middle = Math.floor((from + to) / 2);
    const range = { from: timeOf(from), to: timeOf(to), bucketMs: 0, series: [] } as const;
    const part = (first: number, last: number, done: boolean) => () => {
      const columns = this.#columns(this.samplesOf(selection, first, last));
      const given = through === undefined ? {} : { through };
      this.#tell(
        viewer,
        { type: "history", ...range, done, columns, ...given },
        done ? id : undefined,
      );
    };
    viewer.opening.push(part(from, middle, false), part(middle + 1, to, true));
  }

  #sendTo(viewer: Viewer): void {
    const next = viewer.opening.shift();
    if (next) {
      next();
      return;
    }
    const { after } = viewer;
    if (after === this.head) {
      viewer.body.send(":\n\n");
      return;
    }
    // Half of it, so that cuts and changes come in between.
    const to = after + Math.ceil((this.head - after) / 2);
    viewer.after = to;
    const columns = this.#columns(this.samplesOf(viewer.selection, after + 1, to));
    const id = this.#at(to);
    if (columns.size === 0) {
      viewer.body.send(encodeHeartbeat(id));
      return;
    }
    const { whole, brief } = viewer.writer.write({ series: [], columns }, viewer.prev, to);
    viewer.body.send(brief?.text ?? whole);
    viewer.prev = to;
  }

  #columns(samples: readonly { series: string; offset: number }[]) {
    const columns = new Map<number, { times: number[]; values: number[] }>();
    for (const { series, offset } of samples) {
      const id = this.names.indexOf(series) + 1;
      const column = columns.get(id) ?? { times: [], values: [] };
      columns.set(id, column);
      column.times.push(timeOf(offset));
      column.values.push(offset);
    }
    return columns;
  }

  #tell({ body }: Viewer, frame: Frame, id?: string): void {
    body.send(encodeFrame(frame, id));
  }
}
