import assert from "node:assert/strict";
import path from "node:path";
import { type TestContext, test } from "node:test";
import type { Sample } from "@plotcast/protocol";
import { checkData, defaultOptions, startServer } from "@plotcast/server";
import { backup } from "./backup.ts";
import { check } from "./check.ts";
import { exportSamples } from "./export.ts";
import { fakeFolder } from "./fake-folder.ts";
import { fakeTerminal } from "./fake-terminal.ts";
import { importFiles } from "./import.ts";
import { restore } from "./restore.ts";
import { stats } from "./stats.ts";

// The commands together, with servers of this process.

const { signal } = new AbortController();

async function server(t: TestContext, dataDir?: string) {
  const options = { ...defaultOptions, port: 0, logLevel: "silent", dataDir } as const;
  const started = await startServer(options);
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= started.close();
    return closed;
  };
  t.after(close);
  return { url: started.url, append: started.append, close };
}

/** Everything that a server has, a line for each sample. */
async function lines(url: string): Promise<string[]> {
  const terminal = fakeTerminal();
  const text = Array.fromAsync(terminal.stdout, String);
  await exportSamples(["*"], { url, format: "ndjson" }, terminal, signal);
  terminal.stdout.end();
  return (await text).join("").trimEnd().split("\n").sort();
}

/** Not deepEqual, which would print thousands of lines. */
function sameLines(found: readonly string[], wanted: readonly string[]) {
  assert.equal(found.length, wanted.length);
  for (const [i, line] of wanted.entries()) assert.equal(found[i], line);
}

/** Whole numbers and fractions, the extremes, and times to the microsecond. */
function samples(): Sample[] {
  const start = Math.floor(Date.now() / 1000) * 1000 - 3_600_000;
  const values = [0, -0, 1 / 3, 5e-324, Number.MAX_VALUE, 2 ** 53, -1e21, 21.5];
  return Array.from({ length: 3000 }, (_, i) => ({
    series: ["temp", 'cpu{core="0",host="a,b"}', "größe µ"][i % 3]!,
    time: start + Math.floor(i / 3) * 250 + (i % 7 === 0 ? 0.125 : 0),
    value: values[i % values.length]!,
  }));
}

test("round trip: what was exported and imported elsewhere is the same, in both formats", async (t) => {
  for (const format of ["csv", "ndjson"]) {
    const [from, to] = [await server(t), await server(t)];
    await from.append(samples());
    // An empty cell of a table says nothing, so it cannot say that a value is absent.
    if (format === "ndjson")
      await from.append([{ series: "gap", time: Date.now() - 1000, value: null }]);
    const out = path.join(fakeFolder(t), `all.${format}`);
    await exportSamples(["*"], { url: from.url, format, out }, fakeTerminal(), signal);
    await importFiles([out], { to: to.url }, fakeTerminal(), signal);
    const all = await lines(to.url);
    assert.equal(all.length, format === "csv" ? 3000 : 3001);
    sameLines(all, await lines(from.url));
  }
});

test("round trip: a server starts from a backup, with all that the other had", async (t) => {
  const folder = fakeFolder(t);
  const [old, copy, file] = ["old", "copy", "b.db"].map((name) => path.join(folder, name));
  const from = await server(t, old);
  await from.append(samples());
  await backup(file!, { url: from.url }, fakeTerminal(), signal);
  const before = await lines(from.url);
  // What comes later is not in it.
  await from.append([{ series: "later", time: Date.now(), value: 1 }]);
  await restore(file!, { data: copy! }, fakeTerminal(), signal);
  const to = await server(t, copy);
  sameLines(await lines(to.url), before);
});

test("round trip: a folder in use is found in order, and its stats are told", async (t) => {
  const data = fakeFolder(t);
  const { url, append } = await server(t, data);
  await append(samples());
  const terminal = fakeTerminal();
  await check({ data }, terminal, signal, checkData);
  assert.match(terminal.printed(), /^No problems in /);
  await stats({ url }, terminal, signal);
  assert.match(terminal.printed(), /^Series +3\nSamples +3,000, /);
});
