import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import http from "node:http";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { runPlotcast } from "../plotcast-process.ts";
import { requireTool } from "../tools.ts";
import { runNginx } from "./nginx.ts";

const guide = readFileSync(new URL("../../docs/guide/proxies.md", import.meta.url), "utf8");

/** What the guide says that nginx is to do with a request, for a server at `url`. */
function locationOfGuide(url: string): string {
  const location = /```nginx\n.*?location \/ \{\n(.*?)\n {2}\}/s.exec(guide)?.[1];
  assert.ok(location);
  const pass = "proxy_pass http://127.0.0.1:8080;";
  assert.ok(location.includes(pass));
  return location.replace(pass, `proxy_pass ${url};`);
}

/** Asks as if the proxy were the host of that name. Resolves when the headers are there. */
function ask(
  address: string,
  { path, ...options }: http.RequestOptions & { path: string },
  body?: string,
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { host: "charts.example.org", ...options.headers };
    const request = http.request(address + path, { agent: false, ...options, headers }, resolve);
    request.on("error", reject).end(body);
  });
}

test("proxies: the guide's nginx passes on streams and samples, by the guide's options", async (t) => {
  const nginx = requireTool(t, "nginx");
  if (!nginx) return;
  const { url } = await runPlotcast(t, [
    ...["--port", "0", "--no-persist", "--log-level", "silent"],
    ...["--write-token", "w", "--read-token", "r"],
    ...["--allow-host", "charts.example.org", "--trust-proxy", "127.0.0.1"],
  ]);
  const proxied = await runNginx(t, nginx, url, locationOfGuide(url));
  const status = async (options: Parameters<typeof ask>[1], body?: string) => {
    const response = await ask(proxied, options, body);
    response.resume();
    return response.statusCode;
  };
  const post = { path: "/temp", method: "POST" };
  const authorization = "Bearer w";
  assert.equal(await status(post, "1"), 401);
  assert.equal(await status({ ...post, headers: { authorization } }, "1"), 204);
  // The page of the same site, by the name in its address.
  const origin = "https://charts.example.org";
  assert.equal(await status({ ...post, headers: { authorization, origin } }, "2"), 204);
  assert.equal(await status({ path: "/v1/series", headers: { host: "evil.example" } }), 403);
  const stream = await ask(proxied, { path: "/v1/stream?series=temp&token=r" });
  t.after(() => stream.destroy());
  assert.equal(stream.statusCode, 200);
  const [first] = (await stream[Symbol.asyncIterator]().next()).value.toString().split("\n");
  assert.match(first, /^(event: hello|id: )/);
  const series = await ask(proxied, { path: "/v1/series?token=r" });
  assert.match(await text(series), /"temp"/);
});
