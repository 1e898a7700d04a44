import type { PlotcastError, Sample } from "@plotcast/protocol";
import { Hono } from "hono";
import { openMemoryLog } from "../log/memory-log.ts";
import { blockOf } from "../log/sample-block.ts";
import { answerFailure } from "../ops/http-status.ts";
import { FakeStore, type FakeStoreOptions } from "../store/fake-store.ts";
import { readRoutes } from "./routes.ts";

/** Everything that is read besides streams, on a log in memory and a naive store. For tests. */
export function fakeServer({
  backupDir = "",
  ...options
}: FakeStoreOptions & { backupDir?: string } = {}) {
  const log = openMemoryLog({ keepMs: Number.MAX_VALUE, maxBytes: 1e9 });
  const store = new FakeStore(log, options);
  const errors: unknown[] = [];
  const now = () => Date.UTC(2026, 0, 31, 12, 15);
  const onError = (error: unknown) => errors.push(error);
  const app = new Hono();
  app.onError((error, c) => answerFailure(c, error as PlotcastError));
  app.route("/", readRoutes({ log, store, now, backupDir, onError }));
  return {
    ...{ app, log, store, errors },
    put: (...samples: Sample[]) => log.append(blockOf(samples)),
    get: async (path: string, headers: Record<string, string> = {}) =>
      app.request(path, { headers }),
  };
}
