import assert from "node:assert/strict";
import { test } from "node:test";
import { PlotcastError } from "@plotcast/protocol";
import { Shortfall } from "./exit-codes.ts";
import { fakeTerminal } from "./fake-terminal.ts";
import { commandNames } from "./help-pages.ts";
import type { Actions } from "./program.ts";
import { run } from "./run.ts";

/** Runs a command line; the commands only remember what they are called with. */
async function runLine(line: string, overrides: Partial<Actions> = {}) {
  const terminal = fakeTerminal();
  const calls: unknown[] = [];
  const actions: Actions = {
    serve: async (flags) => void calls.push(["serve", flags]),
    demo: async (flags) => void calls.push(["demo", flags]),
    tail: async (selectors, flags) => void calls.push(["tail", selectors, flags]),
    stats: async (flags) => void calls.push(["stats", flags]),
    export: async (selectors, flags) => void calls.push(["export", selectors, flags]),
    import: async (files, flags) => void calls.push(["import", files, flags]),
    backup: async (file, flags) => void calls.push(["backup", file, flags]),
    restore: async (file, flags) => void calls.push(["restore", file, flags]),
    check: async (flags) => void calls.push(["check", flags]),
    ...overrides,
  };
  const args = line.split(" ").filter(Boolean);
  const code = await run(args, terminal, new AbortController().signal, () => actions);
  return { code, calls, printed: terminal.printed(), said: terminal.said() };
}

async function refuses(line: string, said: string) {
  const result = await runLine(line);
  assert.equal(result.said, `plotcast: ${said}\n`, line);
  assert.equal(result.code, 2, line);
  assert.equal(result.printed, "", line);
  assert.deepEqual(result.calls, [], line);
}

test("run: without a command it serves", async () => {
  const { code, calls } = await runLine("");
  assert.deepEqual(calls, [["serve", { persist: true }]]);
  assert.equal(code, 0);
});

test("run: flags reach their command as text", async () => {
  const line = "--name lab --tee --port 1 --no-persist --allow-origin a --allow-origin b";
  const flags = { name: "lab", tee: true, port: "1", persist: false, allowOrigin: ["a", "b"] };
  assert.deepEqual((await runLine(line)).calls, [["serve", flags]]);
  const demo = await runLine("demo --host ::1 --keep 30d --disk 1GB --public-read");
  const demoFlags = { persist: true, host: "::1", keep: "30d", disk: "1GB", publicRead: true };
  assert.deepEqual(demo.calls, [["demo", demoFlags]]);
  const tail = await runLine("tail cpu* memory --since 15m --json");
  const tailFlags = { url: "http://127.0.0.1:8080", since: "15m", json: true };
  assert.deepEqual(tail.calls, [["tail", ["cpu*", "memory"], tailFlags]]);
});

test("run: the commands for what is kept have flags of their own", async () => {
  const url = "http://127.0.0.1:8080";
  const called = async (line: string) => (await runLine(line)).calls[0];
  assert.deepEqual(await called("stats --json"), ["stats", { url, json: true }]);
  assert.deepEqual(await called("export a b --from -15m --to now --format ndjson --out f"), [
    ...["export", ["a", "b"]],
    { url, from: "-15m", to: "now", format: "ndjson", out: "f" },
  ]);
  assert.deepEqual(await called("export a"), ["export", ["a"], { url, format: "csv" }]);
  assert.deepEqual(await called("import a.csv - --name x --write-token w"), [
    ...["import", ["a.csv", "-"]],
    { to: url, name: "x", writeToken: "w" },
  ]);
  const backup = ["backup", "f", { url: "h:1", force: true, writeToken: "w" }];
  assert.deepEqual(await called("backup f --url h:1 --force --write-token w"), backup);
  assert.deepEqual(await called("restore f --data d"), ["restore", "f", { data: "d" }]);
  assert.deepEqual(await called("check"), ["check", {}]);
  const keep = { persist: true, keep: "1d", keepMinutes: "2d", keepHours: "3d" };
  const line = "demo --keep 1d --keep-minutes 2d --keep-hours 3d";
  assert.deepEqual(await called(line), ["demo", keep]);
});

test("run: help for a command that there is not names the nearest", async () => {
  await refuses("help tial", 'unknown command "tial"; did you mean "plotcast help tail"?');
  await refuses("help foo", 'unknown command "foo"; see "plotcast --help"');
});

test("run: what is not understood is named, with the nearest that would be", async () => {
  await refuses("--prot 1", "unknown option '--prot'; did you mean --port?");
  await refuses("demo --opne", "unknown option '--opne'; did you mean --open?");
  await refuses("--xyz", `unknown option '--xyz'; see "plotcast --help"`);
  await refuses("--port", `option '--port <number>' argument missing; see "plotcast --help"`);
  await refuses("tail", `missing required argument 'selector'; see "plotcast --help"`);
  await refuses("tail a --tee", `unknown option '--tee'; see "plotcast --help"`);
  const both = "option '--to <url>' cannot be used with option";
  await refuses("--to a:1 --port 1", `${both} '--port <number>'; see "plotcast --help"`);
  await refuses("--to a:1 --no-persist", `${both} '--no-persist'; see "plotcast --help"`);
  const tooMany = "too many arguments for 'demo'. Expected 0 arguments but got 1: x";
  await refuses("demo x", `${tooMany}; see "plotcast --help"`);
});

test("run: --version and --help print, and are no error", async () => {
  for (const line of ["--version", "-V", "demo --version"]) {
    const { code, printed, said, calls } = await runLine(line);
    assert.match(printed, /^\d+\.\d+\.\d+\n$/);
    assert.deepEqual({ code, said, calls }, { code: 0, said: "", calls: [] });
  }
  for (const line of ["--help", "-h", "demo --help", "tail -h", "help", "help tail", "help help"])
    assert.equal((await runLine(line)).code, 0, line);
});

test("run: help begins with examples and names every option, variable and exit code", async () => {
  const { printed } = await runLine("--help");
  assert.ok(printed.indexOf("Examples:") < printed.indexOf("Usage:"));
  const options =
    "--name --tee --to --host --port --tls-cert --tls-key --open --data --no-persist --keep --keep-minutes " +
    "--keep-hours --disk --write-token " +
    "--read-token --public-read --allow-origin --allow-host --trust-proxy --log-level --version --help";
  const variables = "HOST PORT DATA WRITE_TOKEN READ_TOKEN".split(" ").map((v) => `PLOTCAST_${v}`);
  for (const word of [...options.split(" "), ...variables, "NO_COLOR", "plotcast tail"])
    assert.ok(printed.includes(word), word);
  for (const code of [0, 1, 2, 3, 4]) assert.match(printed, new RegExp(`^  ${code}  \\w`, "m"));
  assert.equal((await runLine("help")).printed, printed);
  for (const name of commandNames.filter((each) => each !== "serve"))
    assert.ok(printed.includes(`plotcast ${name} `), name);
  assert.equal((await runLine("serve --help")).printed, printed);
});

test("run: help fits in 80 columns, and is plain where nobody sees colours", async () => {
  for (const line of ["--help", ...commandNames.map((name) => `help ${name}`)]) {
    const { printed } = await runLine(line);
    assert.match(printed, /^Examples:$/m, line);
    for (const text of printed.split("\n")) {
      assert.ok(text.length <= 80, text);
      assert.ok(!text.includes("\x1b"), text);
    }
  }
});

test("run: an expected failure is one sentence and its exit code", async () => {
  const failing = (code: PlotcastError["code"]) =>
    runLine("", {
      serve: async () => {
        throw new PlotcastError(code, "cannot listen on port 80: it is in use");
      },
    });
  const { code, said } = await failing("unavailable");
  assert.equal(said, "plotcast: cannot listen on port 80: it is in use\n");
  assert.equal(code, 3);
  assert.equal((await failing("bad-input")).code, 2);
  assert.equal((await failing("closed")).code, 4);
  assert.equal((await failing("unauthorized")).code, 4);
});

test("run: less than was asked for is one sentence and 1", async () => {
  const { code, said } = await runLine("check", {
    check: async () => {
      throw new Shortfall("2 problems in /data");
    },
  });
  assert.deepEqual({ code, said }, { code: 1, said: "plotcast: 2 problems in /data\n" });
});

test("run: anything else is a mistake of ours, told with where to report it", async () => {
  const failing = (thrown: unknown) =>
    runLine("", {
      serve: async () => {
        throw thrown;
      },
    });
  const { code, said } = await failing(new TypeError("x is not a function"));
  assert.equal(code, 1);
  assert.match(said, /^plotcast: BUG: TypeError: x is not a function\n {4}at .*report/s);
  assert.match((await failing(new Error("BUG: no id 7"))).said, /^plotcast: BUG: no id 7\n/);
  assert.match((await failing("text")).said, /^plotcast: BUG: text\n/);
});
