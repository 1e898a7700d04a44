import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import type { Change } from "@plotcast/client";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import { browserNames, openBrowser } from "../browsers.ts";
import { eventually } from "../ink.ts";

/*
 * Endpoints that are not ours, in real browsers: the code for them comes when the first event is there,
 * and nothing is lost over that; and whatever else is at an address is told in a sentence.
 */

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
type Asked = { readonly url: string; readonly poll?: number };
type Told = {
  readonly states: string[];
  readonly values: (number | null)[];
  readonly reason: string;
};

declare global {
  interface Window {
    changes: Change[];
    start: (options: Asked) => void;
  }
}

const stream = { "content-type": "text/event-stream" };
const html = `<!doctype html><title>client</title><script type="module">
  import { followShared } from "/client/index.js";
  window.changes = [];
  window.start = async (options) => {
    const signal = new AbortController().signal;
    for await (const change of followShared({ ...options, signal })) window.changes.push(change);
  };
</script>`;

async function serve(t: TestContext, handlers: Record<string, Handler>): Promise<string> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, "http://x");
    const handler = handlers[pathname];
    if (handler) handler(request, response);
    else response.writeHead(404).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The client as pages have it: what is loaded on demand is a file of its own. */
async function clientFiles(): Promise<Record<string, Handler>> {
  const { outputFiles } = await build({
    entryPoints: [import.meta.resolve("@plotcast/client").replace("file://", "")],
    ...{ bundle: true, splitting: true, format: "esm", outdir: "/client", write: false },
    conditions: ["@plotcast/source"],
    target: ["chrome111", "firefox115"],
  });
  return Object.fromEntries(
    outputFiles.map(({ path, contents }) => [
      path,
      (_, response) => response.setHeader("content-type", "text/javascript").end(contents),
    ]),
  );
}

const page: Handler = (_, response) => response.setHeader("content-type", "text/html").end(html);

/** What a page was told so far. */
function toldTo(at: Page): Promise<Told> {
  return at.evaluate(() => {
    const { changes } = window;
    const statuses = changes.flatMap((change) => (change.type === "status" ? [change.status] : []));
    const last = statuses.findLast((status) => "reason" in status);
    return {
      states: statuses.map(({ state }) => state),
      values: changes.flatMap((change) =>
        change.type === "samples" ? [...change.columns.values()].flatMap((c) => c.values) : [],
      ),
      reason: last && "reason" in last ? last.reason : "",
    };
  });
}

for (const name of browserNames) {
  test(`plain endpoints: all that ${name} is told of them`, { timeout: 120_000 }, async (t) => {
    const browser = await openBrowser(t, name);
    if (!browser) return;
    const files = await clientFiles();
    const asked: string[] = [];
    const tags: (string | undefined)[] = [];
    const count: Handler = (request, response) => {
      response.writeHead(200, stream);
      asked.push(request.url!);
      // All at once, while the code that reads them is on its way.
      for (let i = 0; i < 50; i++) response.write(`data: {"v":${i}}\n\n`);
      setTimeout(() => response.write('data: {"v":50}\n\n'), 300);
    };
    const poll: Handler = (request, response) => {
      tags.push(request.headers["if-none-match"]);
      if (request.headers["if-none-match"] === '"a"') response.writeHead(304).end();
      else response.writeHead(200, { etag: '"a"' }).end(`{"ts":${Date.now()},"v":7}`);
    };
    const foreign = await serve(t, {
      "/closed": count,
      "/open": (request, response) => {
        response.setHeader("access-control-allow-origin", "*");
        poll(request, response);
      },
    });
    const origin = await serve(t, {
      ...{ ...files, "/": page, "/count": count, "/now.json": poll },
      "/page": (_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<p>"),
      "/json": (_, response) =>
        response.writeHead(200, { "content-type": "application/json" }).end("1"),
      "/secret": (_, response) => response.writeHead(401).end(),
    });

    const context = await browser.newContext();
    t.after(() => context.close());
    const open = async (options: Asked) => {
      const at = await context.newPage();
      const loaded: string[] = [];
      const errors: string[] = [];
      at.on("request", (request) => loaded.push(new URL(request.url()).pathname));
      at.on("pageerror", ({ message }) => {
        // How Firefox says in its console what the page itself may not know.
        if (!message.includes("Same Origin Policy")) errors.push(message);
      });
      await at.goto(origin);
      await at.waitForFunction(() => window.start !== undefined);
      // Without its promise, which is kept for as long as it is followed.
      await at.evaluate((given) => {
        window.start(given);
      }, options);
      return { at, loaded, errors };
    };

    const plain = await open({ url: `${origin}/count` });
    await eventually(
      "all values",
      async () => (await toldTo(plain.at)).values.length === 51,
      10_000,
    );
    const { values } = await toldTo(plain.at);
    assert.deepEqual(
      values,
      Array.from({ length: 51 }, (_, i) => i),
    );
    assert.ok(
      plain.loaded.some((path) => /plain-delivery/.test(path)),
      plain.loaded.join(),
    );
    assert.ok(!plain.loaded.some((path) => /poll|share/.test(path)), plain.loaded.join());

    const polled = await open({ url: `${origin}/now.json`, poll: 200 });
    await eventually("polls", async () => tags.length >= 4, 10_000);
    assert.deepEqual(tags.slice(0, 3), [undefined, '"a"', '"a"']);
    assert.deepEqual((await toldTo(polled.at)).values, [7]);
    await polled.at.close();

    tags.length = 0;
    const away = await open({ url: `${foreign}/open`, poll: 200 });
    await eventually("polls of another origin", async () => tags.length >= 3, 10_000);
    assert.deepEqual([(await toldTo(away.at)).values.length > 0, away.errors], [true, []]);
    await away.at.close();

    const reasons: [string, RegExp][] = [
      [`${foreign}/closed`, /does not let pages of http:\/\/127\.0\.0\.1:\d+ read it \(CORS\)/],
      [`${origin}/page`, /found "text\/html"; is this a page/],
      [`${origin}/json`, /poll="5s"/],
      [`${origin}/nothing`, /nothing at this address \(404\)/],
      [`${origin}/secret`, /wants a valid token \(401\)/],
      ["http://127.0.0.1:9/", /^the server cannot be reached$/],
    ];
    for (const [url, reason] of reasons) {
      const { at, errors } = await open({ url });
      await eventually(
        `${url}: ${reason}`,
        async () => reason.test((await toldTo(at)).reason),
        10_000,
      );
      assert.deepEqual(errors, [], url);
      await at.close();
    }
  });
}
