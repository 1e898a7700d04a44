import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { type Context, Hono } from "hono";

const zip = promisify(gzip);

type Asset = {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly etag: string;
  /** Its name says what is in it: under this name there will never be anything else. */
  readonly immutable: boolean;
  /** Made once, when somebody asks first: not every chart needs every file. */
  zipped?: Promise<Uint8Array<ArrayBuffer>>;
};

export type AssetOptions = {
  /** Whether the value of an `Accept-Encoding` takes gzip. */
  readonly acceptsGzip: (header: string | undefined) => boolean;
};

const types: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
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
    for (const file of await readdir(dir, { recursive: true })) {
      const type = types[path.extname(file)];
      if (!type) continue;
      const body = new Uint8Array(await readFile(path.join(dir, file)));
      const etag = createHash("sha256").update(body).digest("base64url").slice(0, 22);
      const name = file.split(path.sep).join("/");
      assets.set(name, { body, type, etag, immutable: /-[A-Z0-9]{8}\.js$/.test(name) });
    }
  }
  return assets;
}

/**
 * `/live-chart.js` and its chunks in `/live-chart/…`, `/assets/…`, and one page for everything else:
 * it reads its own address.
 */
export function assetRoutes(
  assets: ReadonlyMap<string, Asset>,
  { acceptsGzip }: AssetOptions,
): Hono {
  const app = new Hono();
  const send = (c: Context, name: string) =>
    answer(c, assets.get(name), acceptsGzip(c.req.header("accept-encoding")));
  app.get("/live-chart.js", (c) => send(c, "live-chart.js"));
  app.get("/live-chart/:name", (c) => send(c, `live-chart/${c.req.param("name")}`));
  app.get("/assets/:name", (c) => send(c, c.req.param("name")));
  app.get("*", async (c): Promise<Response> => {
    if (c.req.header("accept")?.includes("text/html")) return await send(c, "index.html");
    const path = c.req.path;
    const hint = `for the samples ask /v1/history?series=${path.slice(1) || "<series>"}`;
    return c.text(`cannot find ${path}: it is a page for browsers; ${hint}\n`, 404);
  });
  return app;
}

async function answer(c: Context, asset: Asset | undefined, gzip: boolean): Promise<Response> {
  if (!asset) return c.text(`cannot find ${c.req.path}\n`, 404);
  const etag = gzip ? `"${asset.etag}-gzip"` : `"${asset.etag}"`;
  c.header("Content-Type", asset.type);
  c.header("Content-Security-Policy", contentSecurityPolicy);
  c.header("Cache-Control", asset.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  c.header("ETag", etag);
  c.header("Vary", "Accept-Encoding", { append: true });
  if (c.req.header("if-none-match")?.includes(etag)) return c.body(null, 304);
  if (!gzip) return c.body(asset.body);
  c.header("Content-Encoding", "gzip");
  asset.zipped ??= zip(asset.body, { level: 9 });
  return c.body(await asset.zipped);
}
