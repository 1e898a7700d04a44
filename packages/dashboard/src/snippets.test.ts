import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import test from "node:test";
import vm from "node:vm";
import { embedSnippet, feedSnippets, needsToken, seriesSnippets } from "./snippets.ts";

const local = { origin: "http://127.0.0.1:8080", hostname: "127.0.0.1" };
const shared = { origin: "https://charts.example.org", hostname: "charts.example.org" };
const hostile = ['"><script>alert(1)</script>', "$(reboot)", "`id`", "a'b\"c", "a;b&c|d", "!! ~ *"];

test("snippets: an empty server is fed in three ways at the page's own address", () => {
  assert.deepEqual(
    feedSnippets(local).map(({ text }) => text),
    [
      "vmstat -n 1 | npx plotcast --to http://127.0.0.1:8080",
      "curl -d 21.4 http://127.0.0.1:8080/temp",
      'fetch("http://127.0.0.1:8080/temp", {\n  method: "POST",\n  body: "21.4",\n});',
    ],
  );
});

test("snippets: where others can reach the server, a token is named and left to fill in", () => {
  for (const { text } of feedSnippets(shared)) assert.match(text, /WRITE_TOKEN/);
  for (const { text } of feedSnippets(local)) assert.doesNotMatch(text, /TOKEN/);
  assert.ok(!needsToken({ hostname: "localhost" }));
  assert.ok(!needsToken({ hostname: "[::1]" }));
  assert.ok(needsToken({ hostname: "127.example.org" }));
  assert.ok(needsToken({ hostname: "192.168.1.7" }));
});

test("snippets: a name is one argument to a shell, and nothing in it runs", () => {
  for (const name of hostile) {
    for (const { text } of seriesSnippets(name, local).slice(0, 1)) {
      const words = execFileSync("sh", ["-c", `printf '%s\\n' ${text}`], { encoding: "utf8" });
      const [curl, flag, value, address, ...rest] = words.trimEnd().split("\n");
      assert.deepEqual([curl, flag, value, rest], ["curl", "-d", "21.4", []]);
      const series = decodeURIComponent(new URL(address!).pathname.slice(1));
      assert.equal(series, name.replace(/[*?]/g, "1"));
    }
  }
});

test("snippets: a name cannot leave its string in JavaScript", () => {
  for (const name of hostile) {
    for (const { text } of seriesSnippets(name, shared).slice(1)) {
      const calls: [string, { body: string }][] = [];
      vm.runInNewContext(text, {
        fetch: (...call: [string, { body: string }]) => calls.push(call),
      });
      assert.equal(calls.length, 1);
      assert.equal(calls[0]?.[1].body, "21.4");
    }
  }
});

test("snippets: for a glob, a series is written that it matches", () => {
  const [curl] = seriesSnippets("cpu.*", local);
  assert.equal(curl?.text, "curl -d 21.4 http://127.0.0.1:8080/cpu.1");
});

test("snippets: a name that no path can say has none", () => {
  assert.deepEqual(seriesSnippets("..", local), []);
});

test("snippets: to embed takes two lines, and a name cannot leave its attribute", () => {
  assert.equal(
    embedSnippet('cpu{core="0"}', "5m", local),
    [
      '<script type="module" src="http://127.0.0.1:8080/live-chart.js"></script>',
      '<live-chart src="http://127.0.0.1:8080/v1/stream?series=cpu%7Bcore=%220%22%7D" span="5m"></live-chart>',
    ].join("\n"),
  );
  for (const name of hostile) {
    const [, line] = embedSnippet(name, "15m", local).split("\n");
    assert.match(line!, /^<live-chart src="[^"<>]*" span="15m"><\/live-chart>$/);
  }
});
