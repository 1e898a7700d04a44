import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { assetRoutes, loadAssets } from "./assets.ts";

const chunk = "live-chart/core-2JGBKEPA.js";
const files: Record<string, string> = {
  "live-chart.js": 'import "./live-chart/core-2JGBKEPA.js";',
  [chunk]: "export const core = 1;",
  "live-chart/licenses.txt": "MIT",
  "live-chart/notes.md": "no type, not shown",
  "index.html": "<!doctype html>",
  "app.js": "",
};

async function routes(t: TestContext) {
  const folder = await mkdtemp(path.join(tmpdir(), "plotcast-assets-"));
  t.after(() => rm(folder, { recursive: true }));
  await mkdir(path.join(folder, "live-chart"));
  for (const [name, text] of Object.entries(files)) {
    await writeFile(path.join(folder, name), text);
  }
  const app = assetRoutes(await loadAssets([folder]), { acceptsGzip: (sent) => sent === "gzip" });
  return async (at: string, headers: Record<string, string> = {}) =>
    await app.request(at, { headers });
}

test("assets: the element is asked for each time, its chunks once", async (t) => {
  const get = await routes(t);
  const entry = await get("/live-chart.js");
  assert.equal(entry.headers.get("cache-control"), "no-cache");
  assert.equal(await entry.text(), files["live-chart.js"]);
  const part = await get(`/${chunk}`);
  assert.match(part.headers.get("content-type")!, /^text\/javascript/);
  assert.match(part.headers.get("cache-control")!, /max-age=31536000, immutable/);
  assert.equal(await part.text(), files[chunk]);
  const licences = await get("/live-chart/licenses.txt");
  assert.match(licences.headers.get("content-type")!, /^text\/plain/);
  assert.equal(licences.headers.get("cache-control"), "no-cache");
});

test("assets: what a browser has is not sent again", async (t) => {
  const get = await routes(t);
  for (const encoding of ["gzip", "identity"]) {
    const asked = { "accept-encoding": encoding };
    const etag = (await get("/live-chart.js", asked)).headers.get("etag")!;
    const again = await get("/live-chart.js", { ...asked, "if-none-match": `"x", W/${etag}` });
    assert.equal(again.status, 304);
    assert.equal(await again.text(), "");
    const other = await get("/live-chart.js", { ...asked, "if-none-match": '"x"' });
    assert.equal(other.status, 200);
  }
});

test("assets: who takes gzip gets it, under a name of its own for caches", async (t) => {
  const get = await routes(t);
  const plain = await get(`/${chunk}`);
  const zipped = await get(`/${chunk}`, { "accept-encoding": "gzip" });
  assert.equal(plain.headers.get("content-encoding"), null);
  assert.equal(zipped.headers.get("content-encoding"), "gzip");
  assert.equal(gunzipSync(await zipped.arrayBuffer()).toString(), files[chunk]);
  assert.notEqual(zipped.headers.get("etag"), plain.headers.get("etag"));
  for (const { headers } of [plain, zipped]) assert.match(headers.get("vary")!, /Accept-Encoding/);
});

test("assets: what is not ours is not found, a page is the page", async (t) => {
  const get = await routes(t);
  for (const at of ["/live-chart/other.js", "/live-chart/notes.md", "/assets/x.js", "/temp"]) {
    assert.equal((await get(at)).status, 404, at);
  }
  assert.equal((await get("/live-chart/..%2Findex.html")).status, 404);
  const page = await get("/temp", { accept: "text/html,*/*" });
  assert.equal(await page.text(), files["index.html"]);
});
