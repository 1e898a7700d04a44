import { deserialize, serialize } from "node:v8";
import type { Backend } from "../backend.ts";
import { openMemoryLog } from "../log/memory-log.ts";
import { FakeStore, type FakeStoreOptions } from "../store/fake-store.ts";
import type { BackendCalls, BackendNews } from "./backend-calls.ts";
import type { Channel } from "./channel.ts";
import { Peer } from "./peer.ts";
import { Places } from "./places.ts";
import { remoteBackend } from "./remote-backend.ts";
import { Link, SharedBackend } from "./shared-backend.ts";

/** A line within one process, whose messages take a turn and are copied as between two. For tests. */
export function fakeLine() {
  const line = { a: new FakeEnd(), b: new FakeEnd() };
  line.a.other = line.b;
  line.b.other = line.a;
  return line;
}

export class FakeEnd implements Channel {
  other: FakeEnd | undefined;
  /** What has come here, by kind or name. */
  readonly sent: { readonly kind: string; readonly name?: string; readonly argument?: unknown }[] =
    [];
  /** Does not read while true. */
  frozen = false;
  readonly #unread: Buffer[] = [];
  #onMessage: ((message: object) => void) | undefined;
  #onClose: (() => void) | undefined;
  #closed = false;

  get unsentBytes(): number {
    return this.other!.#unread.reduce((sum, { length }) => sum + length, 0);
  }

  send(message: object): void {
    if (this.#closed) return;
    const bytes = serialize(message);
    this.sent.push(deserialize(bytes));
    this.other!.#unread.push(bytes);
    setImmediate(() => this.other!.read());
  }

  open(onMessage: (message: object) => void, onClose: () => void): void {
    this.#onMessage = onMessage;
    this.#onClose = onClose;
  }

  read(): void {
    if (this.frozen || this.#closed) return;
    for (const bytes of this.#unread.splice(0)) this.#onMessage?.(deserialize(bytes));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    setImmediate(() => this.#onClose?.());
  }
}

/** A backend, as its process has it and as workers have it. */
export function fakeShared(options: { maxSeries?: number } & FakeStoreOptions = {}) {
  const { maxSeries = Number.POSITIVE_INFINITY } = options;
  const log = openMemoryLog({ keepMs: Number.MAX_VALUE, maxBytes: 1e9 });
  const store = new FakeStore(log, options);
  const backend: Backend = {
    ...{ log, store },
    append: (block) => log.append(block),
    takes: async () => {},
    close: () => log.close(),
  };
  const onTheWay = new Set<string>();
  const places = new Places((series) => log.series.id(series) !== undefined, {
    refuse: (series) => {
      if (log.series.size + onTheWay.size >= maxSeries && !onTheWay.has(series)) return "no room";
      onTheWay.add(series);
      return undefined;
    },
    settle: (series) => {
      for (const each of series) onTheWay.delete(each);
    },
  });
  const shared = new SharedBackend(backend, places, new AbortController().signal);
  return { backend, log, store, shared, join: () => joinBackend(backend, shared) };
}

/** Another worker, as it is once it has been told to start. */
export function joinBackend(backend: Backend, shared: SharedBackend) {
  const line = fakeLine();
  const stuck: string[] = [];
  const primary: Peer<BackendNews> = new Peer(
    line.a,
    shared.calls((calls) => primary.tell("appended", calls)),
    { what: "worker", beforeAnswer: () => link.refresh() },
  );
  const opening = shared.opening();
  const link = new Link(backend, primary, opening, () => stuck.push("stuck"));
  shared.add(link);
  let handlers: BackendNews | undefined;
  const peer = new Peer<BackendCalls>(
    line.b,
    { news: (news) => handlers?.news(news), appended: (calls) => handlers?.appended(calls) },
    { what: "main process" },
  );
  const remote = remoteBackend(peer, deserialize(serialize(opening)));
  handlers = remote.handlers;
  return { backend: remote.backend, line, stuck, leave: () => shared.delete(link) };
}
