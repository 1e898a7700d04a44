import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { download } from "./download.ts";
import type { Progress } from "./progress.ts";

function answer(chunks: Iterable<Buffer> | AsyncIterable<Buffer>, headers = {}): Response {
  return new Response(Readable.toWeb(Readable.from(chunks)) as ReadableStream, { headers });
}

/** The lines that are shown while an answer with these headers comes, a second for each chunk. */
async function shown(headers: Record<string, string>, ...chunks: string[]) {
  const lines: string[] = [];
  const progress: Progress = {
    show: (line) => lines.push(line()),
    say: assert.fail,
    end: assert.fail,
  };
  let seconds = 0;
  const response = answer(
    chunks.map((text) => Buffer.from(text)),
    headers,
  );
  const now = () => seconds++ * 1000;
  const bytes = await Array.fromAsync(download(response, { doing: "x", progress, now }), String);
  assert.deepEqual(bytes, chunks);
  return lines;
}

test("download: shows bytes and rate, and the share where the whole is known", async () => {
  assert.deepEqual(await shown({}, "abc", "d"), ["3 bytes, 3 bytes/s", "4 bytes, 2 bytes/s"]);
  const [first] = await shown({ "content-length": "4" }, "abc", "d");
  assert.equal(first, ` 75% ${"█".repeat(15)}${"░".repeat(5)} 3 bytes, 3 bytes/s`);
  // Then the length is that of something else.
  const zipped = { "content-length": "4", "content-encoding": "gzip" };
  assert.equal((await shown(zipped, "abc", "d"))[0], "3 bytes, 3 bytes/s");
});

test("download: what ends too early is a failure that says after how much", async () => {
  async function* cut() {
    yield Buffer.from("abc");
    throw Object.assign(new Error("terminated"), { cause: { code: "UND_ERR_SOCKET" } });
  }
  const progress: Progress = { show: () => {}, say: () => {}, end: () => {} };
  const response = answer(cut());
  const chunks = download(response, { doing: "export from http://a/", progress });
  const message = "cannot export from http://a/: the connection was cut after 3 bytes";
  await assert.rejects(Array.fromAsync(chunks), { code: "closed", message });
});
