import assert from "node:assert/strict";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { type CheckData, check } from "./check.ts";
import { fakeFolder } from "./fake-folder.ts";
import { fakeTerminal } from "./fake-terminal.ts";

const clean = { series: 1, chunks: 3400, samples: 3_481_600, problems: [] };

/** `plotcast check` of a folder in which that is found. */
function checking(t: TestContext, checkData: CheckData, data = fakeFolder(t)) {
  const terminal = fakeTerminal();
  const stop = new AbortController();
  const end = check({ data }, terminal, stop.signal, checkData);
  return { terminal, stop, data, end };
}

test("check: says that all is well, and how much that is", async (t) => {
  const asked: string[] = [];
  const { terminal, data, end } = checking(t, async (dir) => {
    asked.push(dir);
    return clean;
  });
  await end;
  assert.deepEqual(asked, [data]);
  const all = "1 series, 3,400 chunks, 3,481,600 samples";
  assert.equal(terminal.printed(), `No problems in ${data}: ${all}\n`);
  assert.equal(terminal.said(), "");
});

test("check: a line for each problem, and a failure that counts them", async (t) => {
  const problems = ["chunk 7 of temp: \x1b[2J", "plotcast.db: torn"];
  const { terminal, data, end } = checking(t, async () => ({ ...clean, problems }));
  const message = `2 problems in ${data} (1 series, 3,400 chunks, 3,481,600 samples)`;
  await assert.rejects(end, { name: "Shortfall", message });
  assert.equal(terminal.printed(), "chunk 7 of temp: \\x1b[2J\nplotcast.db: torn\n");
});

test("check: a folder that is not there is not a healthy one", async (t) => {
  const missing = path.join(fakeFolder(t), "x");
  const { end } = checking(t, async () => clean, missing);
  const message = `cannot check ${missing}: there is no such folder`;
  await assert.rejects(end, { code: "unavailable", message });
});

test("check: what is stopped is not a healthy one either", async (t) => {
  const begun = Promise.withResolvers<void>();
  const { stop, data, end } = checking(t, (_dir, { signal }) => {
    begun.resolve();
    return new Promise((_, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason));
    });
  });
  await begun.promise;
  stop.abort();
  const message = `stopped before the end: not all of ${data} is checked`;
  await assert.rejects(end, { name: "Shortfall", message });
});

test("check: a terminal shows how far it is", async (t) => {
  t.mock.timers.enable({ apis: ["Date"] });
  const terminal = fakeTerminal();
  const stderr = Object.assign(terminal.stderr, { isTTY: true });
  const checkData: CheckData = async (_dir, { onProgress }) => {
    t.mock.timers.setTime(1000);
    onProgress?.(1, 4);
    return clean;
  };
  const { signal } = new AbortController();
  await check({ data: fakeFolder(t) }, { stdout: terminal.stdout, stderr }, signal, checkData);
  const line = ` 25% ${"█".repeat(5)}${"░".repeat(15)} checked`;
  assert.equal(terminal.said(), `\r${line}\x1b[K\r\x1b[K`);
});
