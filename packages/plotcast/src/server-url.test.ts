import assert from "node:assert/strict";
import { test } from "node:test";
import { parseServerUrl } from "./server-url.ts";

function base(text: string): string {
  return parseServerUrl("--to", text).base.href;
}

test("server url: a scheme is optional", () => {
  assert.equal(base("localhost:8080"), "http://localhost:8080/");
  assert.equal(base("https://plots.example.org"), "https://plots.example.org/");
  assert.equal(base("[::1]:80"), "http://[::1]/");
});

test("server url: a path is kept, as a folder", () => {
  assert.equal(base("https://example.org/plots"), "https://example.org/plots/");
  assert.equal(base("https://example.org/plots//"), "https://example.org/plots/");
});

test("server url: the token of a copied address is taken out of it", () => {
  assert.deepEqual(parseServerUrl("--to", "http://10.0.0.7:8080/?token=abc#x"), {
    base: new URL("http://10.0.0.7:8080/"),
    token: "abc",
  });
});

test("server url: refuses what is none", () => {
  for (const text of ["", "ftp://a.org", "http://", "http://a:b@host", "localhost:99999", "a b"]) {
    const found = `--url: expected an address such as http://127.0.0.1:8080, found ${JSON.stringify(text)}`;
    assert.throws(() => parseServerUrl("--url", text), { code: "bad-input", message: found });
  }
});
