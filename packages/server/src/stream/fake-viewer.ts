import { type Columns, type Frame, FrameReader } from "@plotcast/protocol";
import type { FindStream, RequestHead } from "../http/request-head.ts";
import { FakeConnection } from "../hub/fake-connection.ts";

/** One event of a stream, read back. */
export type Event = {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: string | undefined;
  readonly frame: Frame | undefined;
};

/** A viewer of a stream, and what it has been told. For tests. */
export class FakeViewer extends FakeConnection {
  /** Opens a stream, e.g. `/v1/stream?series=temp`. */
  static open(find: FindStream, url: string, position?: string, connection = new FakeViewer()) {
    const serve = find(headOf(url, position));
    if (!serve) throw new Error(`no stream is at ${url}`);
    serve(connection);
    return connection;
  }

  get events(): Event[] {
    const blocks = this.text.split("\n\n").slice(0, -1);
    const reader = new FrameReader();
    return blocks.map((block) => {
      const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, "m").exec(block)?.[1];
      const [id, event, data] = [field("id"), field("event"), field("data")];
      // An event without a name is a frame that goes on; or of the plain form, an object.
      const type = event ?? (data?.startsWith("[") ? "message" : "");
      const frame = data === undefined ? undefined : reader.read(type, data, id);
      return { id, event, data, frame };
    });
  }

  /** Resolves to the events so far once `done` holds of them. */
  async eventsUntil(done: (events: Event[]) => boolean): Promise<Event[]> {
    await this.until(() => done(this.events));
    return this.events;
  }
}

function headOf(url: string, position: string | undefined): RequestHead {
  const { pathname, searchParams } = new URL(url, "http://localhost");
  return {
    ...{ method: "GET", path: pathname, query: searchParams, address: "127.0.0.1" },
    position,
    header(this: { position: string | undefined }, name: string) {
      return name === "last-event-id" ? this.position : undefined;
    },
  } as RequestHead;
}

/** All values that some events hold, in their order. */
export function valuesOf(events: Event[], type: "history" | "samples"): (number | null)[] {
  const columns = events.flatMap(({ frame }): Columns[] =>
    frame?.type === type ? [...frame.columns.values()] : [],
  );
  return columns.flatMap((column) => column.values);
}
