import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultOptions } from "@plotcast/server";
import { findDataDir, readClientToken, readConfig, readName, type ServerFlags } from "./config.ts";
import type { Env } from "./setting.ts";

function read(flags: ServerFlags = {}, env: Env = {}, platform: NodeJS.Platform = "linux") {
  let made = 0;
  const makeToken = () => `made${++made}`;
  return readConfig(flags, "plotcast", { env, platform, home: "/home/ada", makeToken });
}

function refuses(flags: ServerFlags, message: string, env: Env = {}) {
  assert.throws(() => read(flags, env), { code: "bad-input", message });
}

test("config: without flags and environment it is the server's defaults and a data folder", () => {
  const { options, ...rest } = read();
  const dataDir = "/home/ada/.local/share/plotcast";
  assert.deepEqual(options, { ...defaultOptions, portMayMove: true, dataDir });
  assert.deepEqual(rest, { dataDirNamed: false, writeTokenMade: false, readTokenMade: false });
});

test("config: every flag arrives", () => {
  const { options } = read({
    host: "::1",
    port: "9000",
    tlsCert: "cert.pem",
    tlsKey: "key.pem",
    data: "/srv/plots",
    keep: "12h",
    keepMinutes: "60d",
    keepHours: "2y",
    disk: "20GB",
    writeToken: "w",
    readToken: "r",
    allowOrigin: ["https://example.org", "http://a.lan:3000/"],
    allowHost: ["Charts.lan"],
    trustProxy: ["10.0.0.0/8", "::1"],
    maxViewers: "500",
    streamAge: "1h",
    workers: "3",
    logLevel: "warn",
  });
  assert.deepEqual(options, {
    ...defaultOptions,
    host: "::1",
    port: 9000,
    portMayMove: false,
    tls: { certFile: "cert.pem", keyFile: "key.pem" },
    dataDir: "/srv/plots",
    keep: { samplesMs: 43_200_000, minutesMs: 60 * 86_400_000, hoursMs: 730 * 86_400_000 },
    maxDiskBytes: 20_000_000_000,
    writeToken: "w",
    readToken: "r",
    allowedOrigins: ["https://example.org", "http://a.lan:3000"],
    allowedHosts: ["charts.lan"],
    trustedProxies: ["10.0.0.0/8", "::1"],
    maxViewers: 500,
    maxStreamAgeMs: 3_600_000,
    workers: 3,
    logLevel: "warn",
  });
});

test("config: workers are a number, or as many as there are cores", () => {
  const workers = (value: string, cores = 8) =>
    readConfig({ workers: value }, "plotcast", { env: {}, cores }).options.workers;
  assert.equal(workers("1"), 1);
  assert.equal(workers("256"), 256);
  assert.equal(workers("auto"), 8);
  assert.equal(workers("auto", 0), 1);
  for (const value of ["0", "257", "-1", "1.5", "2x", "", "all"]) {
    const expected = "--workers: expected a number from 1 to 256, or auto, found ";
    refuses({ workers: value }, `${expected}${JSON.stringify(value)}`);
  }
});

test("config: the environment says what flags do not", () => {
  const env = {
    PLOTCAST_HOST: "localhost",
    PLOTCAST_PORT: "9000",
    PLOTCAST_DATA: "/srv/plots",
    PLOTCAST_WRITE_TOKEN: "w",
    PLOTCAST_READ_TOKEN: "r",
  };
  const { options, dataDirNamed } = read({}, env);
  assert.equal(options.host, "localhost");
  assert.equal(options.port, 9000);
  assert.equal(options.portMayMove, false);
  assert.equal(options.dataDir, "/srv/plots");
  assert.equal(options.writeToken, "w");
  assert.equal(options.readToken, "r");
  assert.equal(dataDirNamed, true);
  assert.equal(read({ port: "1" }, env).options.port, 1);
});

test("config: an empty variable is an unset one", () => {
  const empty = { PLOTCAST_PORT: "", PLOTCAST_DATA: "", PLOTCAST_HOST: "", XDG_DATA_HOME: "" };
  assert.deepEqual(read({}, empty), read());
});

test("config: a port moves only if nobody named it", () => {
  assert.equal(read().options.portMayMove, true);
  assert.equal(read({ port: "8080" }).options.portMayMove, false);
});

test("config: the data folder is where the platform keeps such things", () => {
  const folder = (env: Env, platform: NodeJS.Platform) => read({}, env, platform).options.dataDir;
  assert.equal(folder({ XDG_DATA_HOME: "/xdg" }, "linux"), "/xdg/plotcast");
  assert.equal(folder({ XDG_DATA_HOME: "relative" }, "linux"), "/home/ada/.local/share/plotcast");
  assert.equal(folder({}, "freebsd"), "/home/ada/.local/share/plotcast");
  assert.equal(folder({}, "darwin"), "/home/ada/Library/Application Support/plotcast");
  assert.equal(folder({ LOCALAPPDATA: "/local" }, "win32"), "/local/plotcast");
});

test("config: --no-persist keeps nothing, whatever the environment says", () => {
  const { options, dataDirNamed } = read({ persist: false }, { PLOTCAST_DATA: "/srv/plots" });
  assert.equal(options.dataDir, undefined);
  assert.equal(dataDirNamed, false);
});

test("config: on loopback there are no tokens but those asked for", () => {
  for (const host of ["127.0.0.1", "localhost", "::1", "[::1]"]) {
    const { options } = read({ host });
    assert.equal(options.writeToken, undefined);
    assert.equal(options.readToken, undefined);
  }
  assert.equal(read({ writeToken: "w" }).options.writeToken, "w");
});

test("config: any other address makes the tokens that are missing", () => {
  const both = read({ host: "0.0.0.0" });
  assert.equal(both.options.writeToken, "made1");
  assert.equal(both.options.readToken, "made2");
  assert.deepEqual([both.writeTokenMade, both.readTokenMade], [true, true]);

  const given = read({}, { PLOTCAST_HOST: "0.0.0.0", PLOTCAST_WRITE_TOKEN: "w" });
  assert.equal(given.options.writeToken, "w");
  assert.deepEqual([given.writeTokenMade, given.readTokenMade], [false, true]);
});

test("config: --public-read lets anyone read, and still nobody write", () => {
  const { options, readTokenMade } = read({ host: "::", publicRead: true });
  assert.equal(options.readToken, undefined);
  assert.equal(options.writeToken, "made1");
  assert.equal(readTokenMade, false);
});

test("config: tokens are long, and never the same twice", () => {
  const made = () => readConfig({ host: "::" }, "plotcast", { env: {} }).options.writeToken!;
  assert.match(made(), /^[0-9a-f]{32}$/);
  assert.notEqual(made(), made());
});

test("config: refuses, naming the flag or variable, what it expected and what it found", () => {
  refuses({ port: "http" }, '--port: expected a port from 0 to 65535, found "http"');
  refuses({}, 'PLOTCAST_PORT: expected a port from 0 to 65535, found "99999"', {
    PLOTCAST_PORT: "99999",
  });
  refuses({ port: "" }, '--port: expected a port from 0 to 65535, found ""');
  refuses({ disk: "10XB" }, '--disk: expected a size such as 500MB or 10GB, found "10XB"');
  const address = "an address to listen on, without a port";
  refuses({ host: "localhost:80" }, `--host: expected ${address}, found "localhost:80"`);
  refuses({ host: "http://x" }, `--host: expected ${address}, found "http://x"`);
  const together = "expected --tls-cert and --tls-key together, found no";
  refuses({ tlsCert: "cert.pem" }, `${together} --tls-key`);
  refuses({ tlsKey: "key.pem" }, `${together} --tls-cert`);
  refuses({ tlsCert: "", tlsKey: "key.pem" }, `${together} --tls-cert`);
  refuses({ data: " " }, '--data: expected a folder, found " "');
  refuses({ data: "x", persist: false }, "expected --data or --no-persist, found both");
  refuses(
    { readToken: "r", publicRead: true },
    "expected --read-token or --public-read, found both",
  );
  const proxy = "--trust-proxy: expected an address or network such as 10.0.0.0/8, found ";
  for (const text of ["nginx", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", ""])
    refuses({ trustProxy: [text] }, proxy + JSON.stringify(text));
  const host = "--allow-host: expected a host name without a port, such as charts.lan, found ";
  refuses({ allowHost: ["a.lan:80"] }, `${host}"a.lan:80"`);
  refuses(
    { logLevel: "all" },
    '--log-level: expected one of silent, error, warn, info, debug, found "all"',
  );
  for (const text of ["*", "example.org", "https://a.org/path", "ftp://a.org", "https://"]) {
    const origin = "--allow-origin: expected an origin such as https://example.org, found ";
    refuses({ allowOrigin: [text] }, `${origin}${JSON.stringify(text)}`);
  }
});

test("config: a refused value is quoted in part, and a refused token not at all", () => {
  const long = "9".repeat(1000);
  refuses({ port: long }, `--port: expected a port from 0 to 65535, found "${"9".repeat(80)}…"`);
  const token = "expected 1 to 200 letters, digits or signs without spaces, found";
  refuses({ writeToken: "my secret" }, `--write-token: ${token} something else`);
  refuses({}, `PLOTCAST_READ_TOKEN: ${token} 300 characters`, {
    PLOTCAST_READ_TOKEN: "s".repeat(300),
  });
});

test("config: a client's token comes from its flag or from the environment", () => {
  assert.equal(readClientToken("write", undefined, {}), undefined);
  assert.equal(readClientToken("write", undefined, { PLOTCAST_WRITE_TOKEN: "w" }), "w");
  assert.equal(readClientToken("read", "flag", { PLOTCAST_READ_TOKEN: "r" }), "flag");
});

test("config: a folder that was named is told from the usual one", () => {
  const surroundings = { env: {}, platform: "linux", home: "/home/ada" } as const;
  const usual = { path: "/home/ada/.local/share/plotcast", named: false };
  assert.deepEqual(findDataDir(undefined, "plotcast", surroundings), usual);
  const named = { path: "/srv/plots", named: true };
  assert.deepEqual(findDataDir("/srv/plots/", "plotcast", surroundings), named);
});

test("config: a name is a series name, labels allowed", () => {
  assert.equal(readName(undefined), undefined);
  assert.equal(readName('lab{b="2",a="1"}'), 'lab{a="1",b="2"}');
  const message = "--name: expected a series name, found nothing";
  assert.throws(() => readName(""), { code: "bad-input", message });
});

test("config: how many viewers there may be is a number", () => {
  for (const value of ["0", "many", "1000001", "-1", "1.5"]) {
    assert.throws(() => readConfig({ maxViewers: value }, "plotcast", { env: {} }), {
      message: `--max-viewers: expected a number from 1 to 1000000, found ${JSON.stringify(value)}`,
    });
  }
});
