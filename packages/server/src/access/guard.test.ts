import assert from "node:assert/strict";
import { test } from "node:test";
import { PlotcastError } from "@plotcast/protocol";
import { Hono } from "hono";
import { ContextHead } from "../http/context-head.ts";
import { createGuard, type GuardOptions } from "./guard.ts";

const loopback: GuardOptions = {
  host: "127.0.0.1",
  writeToken: undefined,
  readToken: undefined,
  allowedOrigins: ["https://ok.example"],
  allowedHosts: ["box.local"],
};
const open: GuardOptions = { ...loopback, host: "0.0.0.0", writeToken: "w1", readToken: "r1" };

/** Status of a request; 403 and 401 carry the sentence. */
async function ask(
  options: GuardOptions,
  path: string,
  headers: Record<string, string> = {},
  method = "GET",
) {
  const app = new Hono();
  app.onError((error, c) => {
    if (!(error instanceof PlotcastError)) throw error;
    return c.text(error.message, error.code === "forbidden" ? 403 : 401);
  });
  app.use(createGuard(options).face((c) => new ContextHead(c, (address) => address)));
  app.all("*", (c) => c.text("in"));
  const all = { host: "localhost:8080", ...headers };
  return await app.request(`http://localhost:8080${path}`, { method, headers: all });
}

async function allowed(...args: Parameters<typeof ask>) {
  const response = await ask(...args);
  assert.equal(response.status, 200, await response.text());
  return response;
}

async function refused(status: number, ...args: Parameters<typeof ask>) {
  const response = await ask(...args);
  assert.equal(response.status, status);
  return await response.text();
}

test("guard: on loopback anyone on this machine reads and writes", async () => {
  for (const host of ["localhost:8080", "127.0.0.1", "[::1]:8080", "a.localhost", "box.local"]) {
    await allowed(loopback, "/temp", { host });
    await allowed(loopback, "/temp", { host }, "POST");
  }
});

test("guard: another host name is refused on loopback, for it may be a rebound one", async () => {
  for (const host of ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", ""]) {
    assert.match(await refused(403, loopback, "/temp", { host }), /only loopback names/);
  }
});

test("guard: a page of another origin cannot write, unless allowed", async () => {
  const from = (origin: string) => ({ origin });
  await refused(403, loopback, "/temp", from("https://evil.example"), "POST");
  await refused(403, loopback, "/temp", from("null"), "POST");
  await refused(403, loopback, "/temp", from("http://localhost:3000"), "POST");
  await allowed(loopback, "/temp", from("http://localhost:8080"), "POST");
  await allowed(loopback, "/temp", from("https://ok.example"), "POST");
});

test("guard: only allowed origins may read what they get", async () => {
  const header = async (origin: string) =>
    (await allowed(loopback, "/v1/stream", { origin })).headers.get("access-control-allow-origin");
  assert.equal(await header("https://evil.example"), null);
  assert.equal(await header("https://ok.example"), "https://ok.example");
});

test("guard: the element's script and its chunks may be loaded from anywhere", async () => {
  for (const path of ["/live-chart.js", "/live-chart/chunk-ABCDEFGH.js"]) {
    const response = await allowed(open, path, { origin: "https://evil.example" });
    assert.equal(response.headers.get("access-control-allow-origin"), "*");
  }
});

test("guard: elsewhere reading and writing need their tokens", async () => {
  assert.match(await refused(401, open, "/temp"), /a token is needed/);
  assert.match(await refused(401, open, "/temp?token=x"), /not valid/);
  await allowed(open, "/temp?token=r1");
  await allowed(open, "/temp", { authorization: "Bearer w1" });
  await allowed(open, "/temp", { cookie: "plotcast_token=r1" });
  await refused(401, open, "/temp", { authorization: "Bearer r1" }, "POST");
  await allowed(open, "/temp", { authorization: "Bearer w1" }, "POST");
});

test("guard: with public reading only writing needs a token", async () => {
  const publicRead = { ...open, readToken: undefined };
  await allowed(publicRead, "/temp");
  await refused(401, publicRead, "/temp", {}, "POST");
});

test("guard: a page opened with a token moves it from the address to a cookie", async () => {
  const response = await ask(open, "/temp?token=r1&a=1", { accept: "text/html" });
  assert.equal(response.status, 302);
  assert.equal(response.headers.get("location"), "/temp?a=1");
  assert.match(response.headers.get("set-cookie") ?? "", /plotcast_token=r1;.*HttpOnly.*Strict/);
  const elsewhere = await ask(open, "//evil.example/?token=r1", { accept: "text/html" });
  assert.equal(elsewhere.headers.get("location"), "/evil.example/");
});

test("guard: a page is shown without a token, for it holds no data; what it asks for is not", async () => {
  const html = { accept: "text/html" };
  await allowed(open, "/temp", html);
  await allowed(open, "/assets/app.js");
  await refused(401, open, "/v1/history", html);
  await refused(401, open, "/chart-data", html);
  await refused(401, open, "/temp?token=wrong", html);
});

test("guard: a preflight of an allowed origin is answered", async () => {
  const response = await ask(loopback, "/v1/stream", { origin: "https://ok.example" }, "OPTIONS");
  assert.equal(response.status, 204);
  assert.match(response.headers.get("access-control-allow-headers") ?? "", /Last-Event-ID/);
});

test("guard: probes come in without a token and by any host, and nobody else with them", async () => {
  for (const path of ["/healthz", "/readyz"]) {
    await allowed(open, path, { host: "10.0.0.7:8080" });
    await allowed(loopback, path, { host: "10.0.0.7" });
    await refused(401, open, path, {}, "POST");
  }
  await refused(401, open, "/healthz/x");
  await refused(403, loopback, "/metrics", { host: "10.0.0.7" });
});

test("guard: a host that was let in once lets in no other", async () => {
  await allowed(loopback, "/temp", { host: "localhost:8080" });
  const app = createGuard(loopback);
  const head = (host: string) => ({
    ...{ method: "GET", path: "/temp", query: new URLSearchParams(), address: "" },
    header: (name: string) => (name === "host" ? host : undefined),
  });
  assert.equal(app.judge(head("localhost:8080")).refused, undefined);
  assert.equal(app.judge(head("localhost:8080")).refused, undefined);
  assert.equal(app.judge(head("evil.example")).refused?.code, "forbidden");
});
