import assert from "node:assert/strict";
import { test } from "node:test";
import { PlotcastError } from "@plotcast/protocol";
import type { Server, ServerOptions } from "@plotcast/server";
import { fakeTerminal } from "./fake-terminal.ts";
import { type ServeFlags, serve } from "./serve.ts";

type Ingest = Parameters<Server["ingest"]>[1];

/** `plotcast` with a server that only remembers what is asked of it. */
function started(flags: ServeFlags, { fed = false, refuse = (_: ServerOptions) => {} } = {}) {
  const terminal = fakeTerminal(fed);
  const stop = new AbortController();
  const calls: string[] = [];
  const asked: ServerOptions[] = [];
  const opened: string[] = [];
  const ingested = Promise.withResolvers<{ text: string; options: Ingest }>();
  const running = Promise.withResolvers<void>();
  const server: Server = {
    url: "http://127.0.0.1:8080",
    append: async () => 1,
    async ingest(source, options) {
      const text = Buffer.concat(await Array.fromAsync(source)).toString();
      calls.push("ingested");
      ingested.resolve({ text, options });
      return { lines: 2, samples: 1, ignored: 1, rejected: 0 } as Awaited<
        ReturnType<Server["ingest"]>
      >;
    },
    async close() {
      calls.push("closed");
    },
  };
  const world = {
    async startServer(options: ServerOptions) {
      asked.push(options);
      refuse(options);
      running.resolve();
      return server;
    },
    findAssetDirs: () => ["/assets"],
    openBrowser: (url: string) => opened.push(url),
  };
  const end = serve({ port: "0", ...flags }, terminal, stop.signal, world);
  return {
    terminal,
    stop,
    calls,
    asked,
    opened,
    end,
    ingested: ingested.promise,
    running: running.promise,
  };
}

test("serve: without input it serves until the signal, then closes", async () => {
  const { terminal, stop, calls, asked, running, end } = started({ data: "/srv/x" });
  await running;
  await new Promise(setImmediate);
  assert.deepEqual(calls, []);
  stop.abort();
  await end;
  assert.deepEqual(calls, ["closed"]);
  assert.deepEqual(asked[0]?.assetDirs, ["/assets"]);
  assert.match(terminal.printed(), /Open {3}http:\/\/127\.0\.0\.1:8080\n/);
  assert.equal(terminal.said(), "");
});

test("serve: after the end of the input it says so, and goes on", async () => {
  const { terminal, stop, calls, ingested, end } = started({ name: "lab" }, { fed: true });
  terminal.stdin.end("1\nx\n");
  const { text, options } = await ingested;
  assert.equal(text, "1\nx\n");
  assert.equal(options.prefix, "lab");
  assert.equal(options.loose, true);
  await new Promise(setImmediate);
  assert.equal(
    terminal.said(),
    "plotcast: the input ended after 2 lines, 1 sample; still serving http://127.0.0.1:8080, Ctrl-C ends\n",
  );
  assert.deepEqual(calls, ["ingested"]);
  stop.abort();
  await end;
  assert.deepEqual(calls, ["ingested", "closed"]);
});

test("serve: the signal ends the input before the server", async () => {
  const { terminal, stop, calls, running, end } = started({}, { fed: true });
  terminal.stdin.write("1\n");
  await running;
  await new Promise(setImmediate);
  stop.abort();
  await end;
  assert.deepEqual(calls, ["ingested", "closed"]);
  assert.equal(terminal.said(), "");
});

test("serve: with --tee standard output has the input and nothing else", async () => {
  const { terminal, stop, ingested, end } = started({ tee: true }, { fed: true });
  terminal.stdin.end("1\n2\n");
  await ingested;
  stop.abort();
  await end;
  assert.equal(terminal.printed(), "1\n2\n");
  assert.match(terminal.said(), /Open {3}http/);
});

test("serve: lines that cannot be read are told", async () => {
  const { terminal, stop, ingested, end } = started({}, { fed: true });
  terminal.stdin.end("");
  const { options } = await ingested;
  options.onRejected?.(3, "expected a number");
  assert.match(terminal.said(), /^plotcast: line 3: expected a number\n/);
  stop.abort();
  await end;
});

test("serve: --open shows the page, with the token it takes", async () => {
  const { stop, opened, running, end } = started({ open: true, readToken: "r" });
  await running;
  stop.abort();
  await end;
  assert.deepEqual(opened, ["http://127.0.0.1:8080/?token=r"]);
});

/** Says of a data folder that another plotcast has it. */
function inUse({ dataDir }: ServerOptions): void {
  if (dataDir === undefined) return;
  throw new PlotcastError("unavailable", `cannot open ${dataDir}: another plotcast is using it`);
}

test("serve: when the usual data folder is in use, samples are kept in memory, and it says so", async () => {
  const { terminal, stop, asked, running, end } = started({}, { refuse: inUse });
  await running;
  stop.abort();
  await end;
  assert.equal(asked.length, 2);
  assert.equal(asked[1]?.dataDir, undefined);
  assert.match(
    terminal.said(),
    /^plotcast: another plotcast is using .*plotcast: .* in memory only\n$/,
  );
  assert.match(terminal.printed(), /Data {3}in memory only/);
});

test("serve: a data folder that was named is not replaced", async () => {
  const { asked, end } = started({ data: "/srv/x" }, { refuse: inUse });
  await assert.rejects(end, { code: "unavailable" });
  assert.equal(asked.length, 1);
});

test("serve: a data folder that is broken is not replaced either", async () => {
  const broken = ({ dataDir }: ServerOptions) => {
    throw new PlotcastError("unavailable", `cannot open ${dataDir}: it is not a database`);
  };
  const { asked, end } = started({}, { refuse: broken });
  await assert.rejects(end, { code: "unavailable" });
  assert.equal(asked.length, 1);
});

test("serve: another failure is no reason to keep samples in memory", async () => {
  const busy = () => {
    throw new PlotcastError("unavailable", "cannot listen on 127.0.0.1 port 80: it is in use");
  };
  const { asked, end } = started({}, { refuse: busy });
  await assert.rejects(end, /port 80/);
  assert.equal(asked.length, 1);
});
