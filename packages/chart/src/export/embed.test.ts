import assert from "node:assert/strict";
import { test } from "node:test";
import { type EmbedElement, embedOf } from "./embed.ts";

const base = "https://example.org/room/page.html";
const script = "/live-chart.js";

type Attributes = { name: string; value: string }[];

function embed(attributes: Attributes, children: EmbedElement[] = []): string {
  const element = { localName: "my-chart", attributes, children, textContent: "" };
  return embedOf(element, script, base);
}

test("embed: addresses are absolute, and attributes as they are", () => {
  const attributes = [
    { name: "src", value: "../v1/stream?series=temp" },
    { name: "title", value: "Temperature" },
    { name: "log", value: "" },
  ];
  assert.equal(
    embed(attributes),
    '<script type="module" src="https://example.org/live-chart.js"></script>\n' +
      '<live-chart src="https://example.org/v1/stream?series=temp" title="Temperature" log></live-chart>\n',
  );
});

test("embed: no attribute gets out of its quotes", () => {
  const title = `"><script>alert('&amp;')</script>`;
  assert.match(
    embed([{ name: "title", value: title }]),
    /title="&quot;&gt;&lt;script&gt;alert\('&amp;amp;'\)&lt;\/script&gt;"><\/live-chart>/,
  );
});

test("embed: what belongs to this page stays here, and what would run too", () => {
  const names = ["id", "class", "onclick", "slot", "hidden", "tabindex"];
  const attributes = names.map((name) => ({ name, value: "x" }));
  assert.match(embed(attributes), /<live-chart><\/live-chart>/);
});

test("embed: an address that is none stays as it is", () => {
  assert.match(embed([{ name: "src", value: "http://[" }]), / src="http:\/\/\["/);
});

test("embed: children that say something about the chart come with it, escaped", () => {
  const child = (localName: string, textContent: string): EmbedElement => ({
    ...{ localName, textContent, children: [] },
    attributes: [{ name: "value", value: "80" }],
  });
  const text = embed([], [child("live-threshold", "<b>hot"), child("script", "alert(1)")]);
  assert.match(
    text,
    /<live-chart>\n {2}<live-threshold value="80">&lt;b&gt;hot<\/live-threshold>\n<\/live-chart>/,
  );
  assert.doesNotMatch(text, /alert/);
});

test("embed: several addresses stay several, and none takes its token along", () => {
  const src = "/a?token=secret&x=1 /b http://c.test/d?token=secret";
  const attributes = [{ name: "src", value: src }];
  const element = { localName: "live-chart", attributes, children: [], textContent: "" };
  const html = embedOf(element, "/live-chart.js", "http://h.test/");
  assert.match(html, / src="http:\/\/h\.test\/a\?x=1 http:\/\/h\.test\/b http:\/\/c\.test\/d"/);
  assert.doesNotMatch(html, /secret/);
});
