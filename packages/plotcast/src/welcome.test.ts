import assert from "node:assert/strict";
import { test } from "node:test";
import { readConfig, type ServerFlags } from "./config.ts";
import { formatWelcome } from "./welcome.ts";

/** The text for a server started with these flags, without colour. */
function welcome(flags: ServerFlags, url = "http://127.0.0.1:8080"): string {
  const surroundings = { env: {}, platform: "linux", home: "/home/ada" } as const;
  let made = 0;
  const config = readConfig(flags, "plotcast", { ...surroundings, makeToken: () => `t${++made}` });
  const rest = { netmask: "", mac: "", cidr: null, internal: false };
  const interfaces = { eth0: [{ ...rest, family: "IPv4" as const, address: "10.0.0.7" }] };
  const running = { version: "1.2.3", url, config, series: "temp", interfaces };
  return formatWelcome(running, (_format, text) => text);
}

test("welcome: says where to look, where data goes, and the ways to feed it", () => {
  assert.equal(
    welcome({}),
    `
  Plotcast 1.2.3

  Open   http://127.0.0.1:8080
  Data   /home/ada/.local/share/plotcast, samples kept 30d, minutes 1y, hours 10y, at most 10 GB
  Pipe   vmstat -n 1 | npx plotcast --to http://127.0.0.1:8080
  Curl   curl -d 21.4 http://127.0.0.1:8080/temp
  Page   <script type="module" src="http://127.0.0.1:8080/live-chart.js"></script>
         <live-chart src="http://127.0.0.1:8080/v1/stream?series=temp"></live-chart>
         on a page from elsewhere: start with --allow-origin <its origin>

`,
  );
});

test("welcome: a port that was taken is explained, a port that was asked for is not", () => {
  const moved =
    /Open {3}http:\/\/127\.0\.0\.1:8081\n {9}port 8080 is in use, this is the next free one\n/;
  assert.match(welcome({}, "http://127.0.0.1:8081"), moved);
  assert.doesNotMatch(welcome({ port: "0" }, "http://127.0.0.1:34567"), /in use/);
});

test("welcome: with a certificate all addresses are https", () => {
  const tls = { tlsCert: "cert.pem", tlsKey: "key.pem" };
  const text = welcome(tls, "https://127.0.0.1:8080");
  assert.match(text, /Open {3}https:\/\/127\.0\.0\.1:8080\n/);
  assert.doesNotMatch(text, /http:/);
  assert.doesNotMatch(text, /in use/);
});

test("welcome: samples in memory are said to be there", () => {
  const flags = { persist: false, keep: "12h" };
  const data = (disk: string) => /Data .*/.exec(welcome({ ...flags, disk }))?.[0];
  const kept = "Data   in memory only, samples kept 12h, minutes 1y, hours 10y, at most";
  assert.equal(data("100MB"), `${kept} 100 MB`);
  // However much a folder may hold, memory is not a folder.
  assert.equal(data("500MB"), `${kept} 256 MB`);
});

test("welcome: tokens that were made are shown, and part of all that is to be copied", () => {
  const text = welcome({ host: "0.0.0.0" }, "http://0.0.0.0:8080");
  for (const part of [
    "Open   http://10.0.0.7:8080/?token=t2\n         http://127.0.0.1:8080/?token=t2\n",
    "Tokens to write  t1\n         to read   t2\n",
    "plotcast --to http://10.0.0.7:8080 --write-token t1\n",
    'curl -H "Authorization: Bearer t1" -d 21.4 http://10.0.0.7:8080/temp\n',
    'src="http://10.0.0.7:8080/v1/stream?series=temp&token=t2"',
  ])
    assert.ok(text.includes(part), `${part}\nin\n${text}`);
});

test("welcome: tokens that were given are not shown", () => {
  const text = welcome({ host: "0.0.0.0", writeToken: "w-secret", readToken: "r-secret" });
  assert.doesNotMatch(text, /secret/);
  assert.match(text, /--write-token <write-token>\n/);
  assert.match(text, /\?token=<read-token>\n/);
  assert.doesNotMatch(text, /Tokens/);
});

test("welcome: with public reading there is a token for writing only", () => {
  const text = welcome({ host: "0.0.0.0", publicRead: true }, "http://0.0.0.0:8080");
  assert.match(text, /Open {3}http:\/\/10\.0\.0\.7:8080\n/);
  assert.match(text, /Tokens to write {2}t1\n {2}Pipe/);
});

test("welcome: --allow-origin is spoken of only where reading takes it", () => {
  const hint = /--allow-origin/;
  assert.match(welcome({ publicRead: true }), hint);
  assert.match(welcome({ host: "0.0.0.0" }, "http://0.0.0.0:8080"), hint);
  assert.doesNotMatch(welcome({ host: "::", publicRead: true }, "http://[::]:8080"), hint);
  assert.doesNotMatch(welcome({ allowOrigin: ["https://a.org"] }), hint);
});
