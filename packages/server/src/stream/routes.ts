import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { type HistoryParts, historyRoutes } from "./history-routes.ts";
import { type SeriesParts, seriesRoutes } from "./series-routes.ts";
import { type StoreParts, storeRoutes } from "./store-routes.ts";

/** What is read besides streams. */
export function readRoutes(
  parts: HistoryParts & SeriesParts & StoreParts,
): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  for (const routes of [historyRoutes(parts), seriesRoutes(parts), storeRoutes(parts)]) {
    app.route("/", routes);
  }
  return app;
}
