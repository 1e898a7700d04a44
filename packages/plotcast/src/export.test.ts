import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { type ExportFlags, exportSamples } from "./export.ts";
import { fakeFolder } from "./fake-folder.ts";
import { fakeServer } from "./fake-server.ts";
import { fakeTerminal } from "./fake-terminal.ts";
import { partOf } from "./save-file.ts";

/** What `plotcast export` asks for. */
async function asked(flags: Partial<ExportFlags> = {}, selectors = ["temp"]) {
  const urls: URL[] = [];
  const fetch = async (url: unknown) => {
    urls.push(new URL(String(url)));
    return new Response("");
  };
  const { signal } = new AbortController();
  const all = { url: "h:1", format: "csv", ...flags };
  await exportSamples(selectors, all, fakeTerminal(), signal, fetch);
  return urls[0]!.searchParams;
}

/** `plotcast export` from a server that answers so. */
async function exporting(
  t: TestContext,
  answer: RequestListener,
  flags: Partial<ExportFlags> = {},
) {
  const url = await fakeServer(t, answer);
  const terminal = fakeTerminal();
  const stop = new AbortController();
  const all = { url, format: "csv", ...flags };
  return { terminal, stop, url, end: exportSamples(["temp"], all, terminal, stop.signal) };
}

test("export: asks for every sample of the selectors, by default all there are", async () => {
  const query = await asked({}, ["temp", 'cpu{core="*"}']);
  assert.deepEqual(query.getAll("series"), ["temp", 'cpu{core="*"}']);
  assert.equal(query.get("format"), "csv");
  assert.equal(query.get("from"), "0000-01-01T00:00:00Z");
  assert.equal(query.get("to"), "9999-12-31T23:59:59Z");
});

test("export: relative times are the server's, all others are made absolute here", async () => {
  const range = async (from: string, to: string) => {
    const query = await asked({ from, to });
    return [query.get("from"), query.get("to")];
  };
  assert.deepEqual(await range("-15m", "now"), ["-15m", "now"]);
  assert.deepEqual(await range("2026-01-31T12:00:00.000001+01:00", "1769857200"), [
    "2026-01-31T11:00:00.000001Z",
    "2026-01-31T11:00:00.000000Z",
  ]);
  const local = new Date(2026, 0, 31).toISOString().replace("Z", "000Z");
  assert.deepEqual(await range("2026-01-31", "1769857200123.5"), [
    local,
    "2026-01-31T11:00:00.123500Z",
  ]);
});

test("export: what it cannot understand it refuses before it connects", async () => {
  const time = "a time such as 2026-01-31, 2026-01-31T12:00:00Z, a Unix time or -15m";
  const refuses = (flags: Partial<ExportFlags>, message: string | RegExp) =>
    assert.rejects(asked(flags), { code: "bad-input", message });
  await refuses({ from: "yesterday" }, `--from: expected ${time}, found "yesterday"`);
  await refuses({ to: "-15" }, `--to: expected ${time}, found "-15"`);
  await refuses({ format: "xlsx" }, '--format: expected csv or ndjson, found "xlsx"');
  await refuses({ url: "ftp://h" }, /^--url: /);
  await assert.rejects(asked({}, ["a{"]), { code: "bad-input" });
});

test("export: what the server sends is printed as it is", async (t) => {
  const { terminal, end } = await exporting(t, (_, response) => {
    response.write("time,temp\n");
    response.end("2026-01-31T11:00:00.000Z,21.5\n");
  });
  await end;
  assert.equal(terminal.printed(), "time,temp\n2026-01-31T11:00:00.000Z,21.5\n");
  assert.equal(terminal.said(), "");
});

test("export: a file is there once it is whole, and it says so", async (t) => {
  const out = path.join(fakeFolder(t), "a.csv");
  const { terminal, end } = await exporting(t, (_, response) => void response.end("abc\n"), {
    out,
  });
  await end;
  assert.equal(readFileSync(out, "utf8"), "abc\n");
  assert.equal(terminal.said(), `plotcast: 4 bytes written to ${out}\n`);
  assert.equal(terminal.printed(), "");
});

/** A connection that is cut once the reader has what came before. */
function cutAfter(text: string): typeof fetch {
  const pull = (controller: ReadableStreamDefaultController) => {
    if (text !== "") controller.enqueue(Buffer.from(text));
    else controller.error(new TypeError("terminated", { cause: { code: "UND_ERR_SOCKET" } }));
    text = "";
  };
  return async () => new Response(new ReadableStream({ pull }, { highWaterMark: 0 }));
}

test("export: a connection that is cut is a failure, and half a file has another name", async (t) => {
  const out = path.join(fakeFolder(t), "a.csv");
  const { signal } = new AbortController();
  const flags = { url: "h:1", format: "csv", out };
  const end = exportSamples(["a"], flags, fakeTerminal(), signal, cutAfter("abc\n"));
  const cut = "cannot export from http://h:1/: the connection was cut after 4 bytes";
  const message = `${cut}; what came of it is in ${partOf(out)}`;
  await assert.rejects(end, { code: "closed", message });
  assert.equal(existsSync(out), false);
  assert.equal(readFileSync(partOf(out), "utf8"), "abc\n");
});

test("export: a cut on the way to standard output is a failure too", async (t) => {
  const { end } = await exporting(t, (request, response) => {
    response.write("abc\n", () => request.socket.destroy());
  });
  await assert.rejects(end, { code: "closed", message: /was cut after \d bytes$/ });
});

test("export: ends quietly when nobody reads any more, and lets the server go", async (t) => {
  const gone = Promise.withResolvers<void>();
  const { terminal, end } = await exporting(t, (_, response) => {
    const more = () => response.write("x".repeat(1000), more);
    response.on("close", gone.resolve);
    more();
  });
  terminal.stdout.on("error", () => {}).destroy();
  await end;
  await gone.promise;
  assert.equal(terminal.said(), "");
});

test("export: does not read faster than it can write", async (t) => {
  let sent = 0;
  const blocked = Promise.withResolvers<void>();
  const { terminal, stop, end } = await exporting(t, (_, response) => {
    const more = () => {
      sent += 65_536;
      if (response.write(Buffer.alloc(65_536))) setImmediate(more);
      else blocked.resolve();
    };
    more();
  });
  // Nobody reads what is printed. Buffers on the way hold some megabytes; after that the server waits.
  await blocked.promise;
  assert.ok(terminal.stdout.readableLength < 1_000_000);
  assert.ok(sent < 50_000_000);
  stop.abort();
  terminal.stdout.resume();
  await assert.rejects(end, { name: "Shortfall" });
});

test("export: a signal ends it, and it is not taken for the whole", async (t) => {
  const { terminal, stop, end } = await exporting(t, (_, response) => void response.write("abc\n"));
  terminal.stdout.once("readable", () => stop.abort());
  const message = "stopped before the end: not all of it is exported";
  await assert.rejects(end, { name: "Shortfall", message });
});
