import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { defaultOptions, startServer } from "@plotcast/server";

const main = new URL("./main.ts", import.meta.url).pathname;

/** The command as a process of its own. */
function spawned(
  args: string[],
  env: Record<string, string> = {},
  stdin: "ignore" | "pipe" = "ignore",
) {
  return spawn(process.execPath, ["-C", "@plotcast/source", main, ...args], {
    stdio: [stdin, "pipe", "pipe"],
    env: { ...process.env, PLOTCAST_PORT: "", PLOTCAST_DATA: "", ...env },
  });
}

/** What the command prints, and its exit code. */
async function plotcast(args: string[], env: Record<string, string> = {}) {
  return await ended(spawned(args, env));
}

async function ended(child: ReturnType<typeof spawned>) {
  const closed = once(child, "close");
  const [printed, said] = await Promise.all([text(child.stdout!), text(child.stderr!)]);
  const [code] = await closed;
  return { code, printed, said };
}

/** A server in this process, for the command to talk to. */
async function server(t: TestContext) {
  const started = await startServer({ ...defaultOptions, port: 0, logLevel: "silent" });
  t.after(() => started.close());
  return started;
}

async function text(stream: AsyncIterable<Buffer>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(stream)).toString();
}

test("main: --version prints the version of the package", async () => {
  const { code, printed, said } = await plotcast(["--version"]);
  assert.match(printed, /^\d+\.\d+\.\d+\n$/);
  assert.deepEqual({ code, said }, { code: 0, said: "" });
});

test("main: --help prints to standard output", async () => {
  const { code, printed, said } = await plotcast(["--help"]);
  assert.match(printed, /^Examples:$/m);
  assert.deepEqual({ code, said }, { code: 0, said: "" });
});

test("main: an unknown option and an unknown command end with 2, and a suggestion", async () => {
  const option = await plotcast(["--prot", "1"]);
  assert.equal(option.said, "plotcast: unknown option '--prot'; did you mean --port?\n");
  assert.deepEqual([option.code, option.printed], [2, ""]);
  const command = await plotcast(["dmo"]);
  assert.equal(command.said, 'plotcast: unknown command "dmo"; did you mean "plotcast demo"?\n');
  assert.deepEqual([command.code, command.printed], [2, ""]);
  const late = await plotcast(["--port", "1", "demo"]);
  assert.equal(late.said, 'plotcast: expected "demo" before all options: plotcast demo …\n');
  assert.equal(late.code, 2);
});

test("main: a bad value ends with 2, whether from a flag or the environment", async () => {
  const flag = await plotcast(["demo", "--keep", "forever"]);
  assert.match(flag.said, /^plotcast: --keep: expected a duration such as .*, found "forever"\n$/);
  assert.equal(flag.code, 2);
  const variable = await plotcast([], { PLOTCAST_PORT: "eighty" });
  assert.match(variable.said, /^plotcast: PLOTCAST_PORT: expected a port .*, found "eighty"\n$/);
  assert.equal(variable.code, 2);
});

test("main: --to without input ends with 2", async () => {
  const { code, said } = await plotcast(["--to", "127.0.0.1:1"]);
  assert.equal(said, "plotcast: --to: expected something piped in, found nothing\n");
  assert.equal(code, 2);
});

test("main: a server that is not there ends with 4", async () => {
  // Port 1 is reserved, and nothing on a test machine listens on it.
  const { code, said } = await plotcast(["tail", "temp", "--url", "127.0.0.1:1"]);
  assert.match(said, /^plotcast: cannot reach http:\/\/127\.0\.0\.1:1\/: .*is it running\?\n$/);
  assert.equal(code, 4);
});

test("main: --to delivers what is piped in, then ends with 0", async (t) => {
  const { url } = await server(t);
  const child = spawned(["--to", url, "--name", "lab"], {}, "pipe");
  child.stdin!.end("temp=21.5\n");
  assert.deepEqual(await ended(child), { code: 0, printed: "", said: "" });
  const csv = await (await fetch(`${url}/v1/history?series=lab.temp&format=csv`)).text();
  assert.match(csv, /^time,lab\.temp\n.*,21\.5\n$/);
});

test("main: tail prints what arrives, and a signal ends it with 0", async (t) => {
  const { url, append } = await server(t);
  const child = spawned(["tail", "temp", "--json", "--url", url]);
  await once(child.stderr!, "data"); // following …
  const time = Date.now();
  await append([{ series: "temp", time, value: 21.5 }]);
  const [line] = await once(createInterface(child.stdout!), "line");
  assert.deepEqual(JSON.parse(line), { series: "temp", time, value: 21.5 });
  child.kill("SIGINT");
  const [code] = await once(child, "exit");
  assert.equal(code, 0);
});

test("main: tail ends with 0 when nobody reads it any more", async (t) => {
  const { url, append } = await server(t);
  const child = spawned(["tail", "temp", "--url", url]);
  await once(child.stderr!, "data");
  child.stdout!.destroy();
  const exit = once(child, "exit");
  await append([{ series: "temp", time: Date.now(), value: 1 }]);
  assert.deepEqual(await exit, [0, null]);
});

test("main: export ends with 0 when nobody reads it any more, and with 4 without a server", async (t) => {
  const { url, append } = await server(t);
  const start = Date.now() - 20_000;
  const times = Array.from({ length: 20_000 }, (_, i) => start + i);
  await append(times.map((time) => ({ series: "temp", time, value: time })));
  const child = spawned(["export", "temp", "--url", url]);
  await once(child.stdout!, "readable");
  child.stdout!.destroy();
  assert.deepEqual(await once(child, "exit"), [0, null]);
  const { code, printed } = await plotcast(["export", "temp", "--url", "127.0.0.1:1"]);
  assert.deepEqual({ code, printed }, { code: 4, printed: "" });
});

test("main: a file with a line that cannot be read is imported but for that, and ends with 1", async (t) => {
  const { url } = await server(t);
  const child = spawned(["import", "-", "--to", url], {}, "pipe");
  child.stdin!.end(`time,temp\n${Date.now()},21.5\n${Date.now()},n/a\n`);
  const { code, said } = await ended(child);
  assert.match(
    said,
    /^plotcast: standard input, line 3: expected a number for "temp", found "n\/a"$/m,
  );
  assert.match(said, /^plotcast: 1 line left out$/m);
  assert.equal(code, 1);
  const { printed } = await plotcast(["export", "temp", "--url", url]);
  assert.match(printed, /^time,temp\n.*,21\.5\n$/);
});

test("main: a folder that is not there cannot be checked", async () => {
  const { code, said } = await plotcast(["check", "--data", "/nowhere/at/all"]);
  assert.equal(said, "plotcast: cannot check /nowhere/at/all: there is no such folder\n");
  assert.equal(code, 3);
});
