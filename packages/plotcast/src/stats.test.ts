import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeTerminal } from "./fake-terminal.ts";
import { stats } from "./stats.ts";

const found = {
  series: 0,
  unsealed: 0,
  tiers: [],
  bytes: 0,
  outside: 0,
  log: { epoch: "e", head: 0, oldest: 1 },
};

/** What `plotcast stats` prints when the server answers that. */
async function printed(body: string, flags: { json?: boolean } = {}) {
  const terminal = fakeTerminal();
  let asked = "";
  const fetch = async (url: unknown) => {
    asked = String(url);
    return new Response(body);
  };
  await stats({ url: "h:1", ...flags }, terminal, new AbortController().signal, fetch);
  return { text: terminal.printed(), asked };
}

test("stats: asks the server, and prints a table", async () => {
  const { text, asked } = await printed(JSON.stringify(found));
  assert.equal(asked, "http://h:1/v1/stats");
  assert.match(text, /^Series +0$/m);
});

test("stats: --json prints what the server says, on one line", async () => {
  const { text } = await printed(JSON.stringify({ ...found, later: "x" }, undefined, 2), {
    json: true,
  });
  assert.equal(text, `${JSON.stringify({ ...found, later: "x" })}\n`);
});

test("stats: an answer of some other server is refused", async () => {
  const message =
    "cannot read the stats of http://h:1/: it answered something else; is it a Plotcast server?";
  for (const body of ["hello", "{}", "null", JSON.stringify({ ...found, log: {} })])
    await assert.rejects(printed(body), { code: "closed", message }, body);
});
