import type { HttpBindings } from "@hono/node-server";
import type { PlotcastError, Sample } from "@plotcast/protocol";
import { Hono } from "hono";
import { Fanout } from "../hub/fanout.ts";
import { openMemoryLog } from "../log/memory-log.ts";
import { answerFailure } from "../ops/http-status.ts";
import { FakeStore, type FakeStoreOptions } from "../store/fake-store.ts";
import { type StreamRoutesParts, streamRoutes } from "./routes.ts";
import { Viewers } from "./viewers.ts";

/** Everything that reads, on a log in memory and a naive store. For tests. */
export function fakeServer(options: FakeStoreOptions & Partial<StreamRoutesParts> = {}) {
  const log = openMemoryLog({ keepMs: Number.MAX_VALUE, maxBytes: 1e9 });
  const hub = new Fanout(log.head);
  log.follow((batch) => hub.publish(batch), new AbortController().signal);
  const store = new FakeStore(log, options);
  const errors: unknown[] = [];
  const parts: StreamRoutesParts = {
    log,
    hub,
    store,
    heartbeatMs: 15_000,
    now: () => Date.UTC(2026, 0, 31, 12, 15),
    viewers: new Viewers(9),
    backupDir: "",
    onViewer: () => () => {},
    onError: (error) => errors.push(error),
    ...options,
  };
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.onError((error, c) => answerFailure(c, error as PlotcastError));
  app.route("/", streamRoutes(parts));
  return {
    ...{ app, log, store, errors },
    put: (...samples: Sample[]) => log.append(samples),
    get: async (path: string, headers: Record<string, string> = {}) =>
      app.request(path, { headers }),
  };
}
