import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import { fakeFolder } from "./fake-folder.ts";
import { fakeTerminal } from "./fake-terminal.ts";
import { type ImportFlags, importFiles } from "./import.ts";

type Given = { readonly [name: string]: string | Uint8Array };

/** `plotcast import` of these files, to a server that answers request `n` with `answer(n)`. */
function importing(
  t: TestContext,
  given: Given,
  { flags = {} as Partial<ImportFlags>, names = Object.keys(given), fed = false } = {},
  answer: (n: number) => Response | Error = () => new Response(null, { status: 204 }),
) {
  const folder = fakeFolder(t);
  for (const [name, content] of Object.entries(given))
    writeFileSync(path.join(folder, name), content);
  const terminal = fakeTerminal(fed);
  const stop = new AbortController();
  const requests: { url: string; body: string; token: string | null }[] = [];
  const fetch = async (url: unknown, init: RequestInit = {}) => {
    const token = new Headers(init.headers).get("authorization");
    const n = requests.push({ url: String(url), body: String(init.body), token }) - 1;
    const answered = answer(n);
    if (answered instanceof Error) throw answered;
    return answered;
  };
  const paths = names.map((name) => (name === "-" ? name : path.join(folder, name)));
  const end = importFiles(paths, { to: "h:1", ...flags }, terminal, stop.signal, fetch);
  const sent = () =>
    requests.flatMap(({ body }) =>
      body
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as { series: string; time: number; value: number | null })
        .map(({ series, time, value }) => `${series} ${time} ${value}`),
    );
  return { terminal, stop, requests, sent, end, folder };
}

const ms = 1_769_857_200_000;

test("import: a table arrives, under its names and at its times", async (t) => {
  const csv = `time,temp,hum\n${ms},21.5,40\n${ms + 1000},22,\n`;
  const { requests, sent, end, terminal } = importing(
    t,
    { "a.csv": csv },
    {
      flags: { name: "lab", writeToken: "w" },
    },
  );
  await end;
  assert.deepEqual(sent(), [`lab.temp ${ms} 21.5`, `lab.hum ${ms} 40`, `lab.temp ${ms + 1000} 22`]);
  assert.equal(requests[0]?.url, "http://h:1/v1/samples");
  assert.equal(requests[0]?.token, "Bearer w");
  assert.equal(terminal.said(), "plotcast: 3 samples imported from 2 lines\n");
});

test("import: several files, each read for itself, compressed or not, and standard input", async (t) => {
  const files = {
    "a.csv": `time,a\n${ms},1\n`,
    "b.ndjson.gz": gzipSync(`{"series":"b","time":${ms},"value":null}\n`),
  };
  const names = [...Object.keys(files), "-"];
  const { sent, end, terminal } = importing(t, files, { names, fed: true });
  terminal.stdin.end(`time;c\n${ms};3\n`);
  await end;
  assert.deepEqual(sent(), [`a ${ms} 1`, `b ${ms} null`, `c ${ms} 3`]);
  assert.match(terminal.said(), /3 samples imported from 3 lines in 3 files\n$/);
});

test("import: a line that cannot be read is named with its file, the rest arrives, the end says so", async (t) => {
  const csv = `time,a,b\n${ms},1,2\n${ms + 1},x,y\n${ms + 2},3,4\n`;
  const { sent, end, terminal, folder } = importing(t, { "a.csv": csv });
  await assert.rejects(end, { name: "Shortfall", message: "1 line left out" });
  assert.equal(sent().length, 4);
  const file = path.join(folder, "a.csv");
  assert.ok(
    terminal.said().startsWith(`plotcast: ${file}, line 3: expected a number for "a", found "x"\n`),
  );
});

test("import: of text without names no series are made up", async (t) => {
  const { requests, end, terminal } = importing(t, { "a.txt": "load average: 0.5\n12 monkeys\n" });
  await assert.rejects(end, { name: "Shortfall", message: "2 lines left out" });
  assert.deepEqual(requests, []);
  assert.match(terminal.said(), /a\.txt, line 2: expected /);
});

test("import: what is no file is refused before anything is sent", async (t) => {
  const names = ["a.csv", "b.csv"];
  const { requests, end, folder } = importing(t, { "a.csv": "a 1\n" }, { names });
  const message = `cannot read ${path.join(folder, "b.csv")}: there is no such file`;
  await assert.rejects(end, { code: "bad-input", message });
  assert.deepEqual(requests, []);
  const dir = importing(t, {}, { names: ["."] });
  await assert.rejects(dir.end, { code: "bad-input", message: /: it is a folder$/ });
  const unfed = importing(t, {}, { names: ["-"] });
  await assert.rejects(unfed.end, {
    code: "bad-input",
    message: /^-: expected something piped in/,
  });
  const twice = importing(t, {}, { names: ["-", "-"], fed: true });
  await assert.rejects(twice.end, { code: "bad-input", message: /^expected - once/ });
});

test("import: a server that is not there at first is an error at once", async (t) => {
  const refused = Object.assign(new Error("x"), { code: "ECONNREFUSED" });
  const { requests, end } = importing(t, { "a.csv": "a=1\n" }, {}, () => {
    return new TypeError("fetch failed", { cause: refused });
  });
  const message = /^cannot reach http:\/\/h:1\/: nothing listens there; is it running\?$/;
  await assert.rejects(end, { code: "closed", message });
  assert.equal(requests.length, 1);
});

test("import: a server that is away for a moment is waited for", async (t) => {
  const { requests, sent, end, terminal } = importing(
    t,
    { "a.csv": `time,a\n${ms},1\n` },
    {},
    (n) => new Response(n === 0 ? "busy" : null, { status: n === 0 ? 503 : 204 }),
  );
  await end;
  assert.equal(requests.length, 2);
  assert.equal(new Set(sent()).size, 1);
  assert.match(terminal.said(), /cannot feed http:\/\/h:1\/: busy; holding samples/);
});

test("import: a server that goes away for good ends it, with how to go on", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: ms });
  const rows = Array.from({ length: 6000 }, (_, i) => `${ms + i},1`);
  const { requests, end } = importing(t, { "a.csv": `time,a\n${rows.join("\n")}\n` }, {}, (n) => {
    if (n === 0) return new Response(null, { status: 204 });
    // So long does it take until it is asked again.
    t.mock.timers.setTime(ms + n * 40_000);
    return new TypeError("fetch failed", {
      cause: Object.assign(new Error("x"), { code: "ECONNREFUSED" }),
    });
  });
  const message =
    /nothing listens there; \d+(,\d+)? samples could not be delivered; import again to go on/;
  await assert.rejects(end, { code: "closed", message });
  assert.ok(requests.length <= 4);
});

test("import: samples that the server refuses are told, and make it fail", async (t) => {
  const says = "line 1: expected a time within what is kept, found 1970\n";
  const answer = () => new Response(says, { status: 400 });
  const { end, terminal } = importing(t, { "a.csv": `time,a\n${ms},1\n` }, {}, answer);
  await assert.rejects(end, { code: "forbidden", message: /refused some of 1 sample$/ });
  assert.match(terminal.said(), /^plotcast: a: expected a time within what is kept, found 1970\n/);
});

test("import: a token that is missing ends it", async (t) => {
  const answer = () => new Response("no entry", { status: 401 });
  const { end } = importing(t, { "a.csv": "a=1\n" }, {}, answer);
  await assert.rejects(end, {
    code: "unauthorized",
    message: /no entry; here that is --write-token$/,
  });
});

test("import: a signal ends it, what was read arrives, and it is not taken for the whole", async (t) => {
  const { terminal, stop, sent, end, requests } = importing(
    t,
    {},
    { names: ["-"], fed: true },
    () => {
      stop.abort();
      return new Response(null, { status: 204 });
    },
  );
  terminal.stdin.write(`time,a\n${ms},1\n${ms + 1},2`);
  const message = /^stopped before the end: not everything is imported; import again to go on/;
  await assert.rejects(end, { name: "Shortfall", message });
  assert.deepEqual(sent(), [`a ${ms} 1`]);
  assert.equal(requests.length, 1);
});
