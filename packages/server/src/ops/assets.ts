import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { type Context, Hono } from "hono";

type Asset = {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly etag: string;
};

const types: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Nothing but our own files; uPlot and the element set styles by script, which this allows. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Reads the files of our pages into memory: they are few, and a request then never waits for a disk. */
export async function loadAssets(dirs: readonly string[]): Promise<Map<string, Asset>> {
  const assets = new Map<string, Asset>();
  for (const dir of dirs) {
    for (const name of await readdir(dir)) {
      const type = types[path.extname(name)];
      if (!type) continue;
      const body = new Uint8Array(await readFile(path.join(dir, name)));
      const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
      assets.set(name, { body, type, etag });
    }
  }
  return assets;
}

/** `/live-chart.js`, `/assets/…`, and one page for everything else: it reads its own address. */
export function assetRoutes(assets: ReadonlyMap<string, Asset>): Hono {
  const app = new Hono();
  app.get("/live-chart.js", (c) => send(c, assets.get("live-chart.js")));
  app.get("/assets/:name", (c) => send(c, assets.get(c.req.param("name"))));
  app.get("*", (c) => {
    if (c.req.header("accept")?.includes("text/html")) return send(c, assets.get("index.html"));
    const path = c.req.path;
    const hint = `for the samples ask /v1/history?series=${path.slice(1) || "<series>"}`;
    return c.text(`cannot find ${path}: it is a page for browsers; ${hint}\n`, 404);
  });
  return app;
}

function send(c: Context, asset: Asset | undefined): Response {
  if (!asset) return c.text(`cannot find ${c.req.path}\n`, 404);
  const headers = {
    "Content-Type": asset.type,
    "Content-Security-Policy": contentSecurityPolicy,
    "Cache-Control": "no-cache",
    ETag: asset.etag,
  };
  if (c.req.header("if-none-match") === asset.etag) return c.body(null, 304, headers);
  return c.body(asset.body, 200, headers);
}
