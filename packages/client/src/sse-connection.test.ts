import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Block, readBlocks } from "./sse-connection.ts";

function bodyOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

async function blocksOf(...chunks: (string | Uint8Array)[]): Promise<Block[]> {
  const bytes = chunks.map((c) => (typeof c === "string" ? new TextEncoder().encode(c) : c));
  return Array.fromAsync(readBlocks(bodyOf(bytes), (chunk) => chunk));
}

test("sse connection: an id alone is a block, an event has its own", async () => {
  assert.deepEqual(await blocksOf("id: a\n\nid: b\ndata: 1\n\ndata: 2\n\nid\n\n"), [
    { id: "a" },
    { id: "b", data: "1" },
    { data: "2" },
    { id: "" },
  ]);
});

test("sse connection: retry is told, comments and unknown fields are not", async () => {
  const text = ": hi\n\nretry: 1500\n\nretry: 1.5\n\nfoo: 1\nevent: e\ndata: 1\n\n";
  assert.deepEqual(await blocksOf(text), [{ retryMs: 1500 }, { event: "e", data: "1" }]);
});

test("sse connection: what the end leaves unfinished is dropped with its id", async () => {
  assert.deepEqual(await blocksOf("data: 1\n\nid: 9\ndata: 2\n"), [{ data: "1" }]);
});

test("sse connection: an id with NUL is ignored", async () => {
  assert.deepEqual(await blocksOf("id: a\0b\ndata: 1\n\n"), [{ data: "1" }]);
});

test("sse connection: line ends of all three kinds and chunks of any size give the same", async () => {
  const text = "\ufeffid: k-1\nevent: é🌡️\ndata: a\ndata: b\n\nid: k-2\n\nretry: 7\n\ndata: x\n\n";
  const expected = await blocksOf(text);
  assert.equal(expected.length, 4);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("\n", "\r", "\r\n"),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      async (lineEnd, sizes) => {
        const bytes = new TextEncoder().encode(text.replaceAll("\n", lineEnd));
        const chunks = [];
        for (let at = 0, i = 0; at < bytes.length; at += sizes[i++ % sizes.length]!) {
          chunks.push(bytes.slice(at, at + sizes[i % sizes.length]!));
        }
        assert.deepEqual(await blocksOf(...chunks), expected);
      },
    ),
  );
});

test("sse connection: an event beyond 16 MiB is an error, what came before is kept", async () => {
  const mega = `data: ${"x".repeat(1024 * 1024)}\n`;
  const seen: Block[] = [];
  const read = async () => {
    const bytes = ["data: 1\n\n", ...Array(17).fill(mega)].map((c) => new TextEncoder().encode(c));
    for await (const block of readBlocks(bodyOf(bytes), (chunk) => chunk)) seen.push(block);
  };
  await assert.rejects(read, { code: "too-large" });
  assert.deepEqual(seen, [{ data: "1" }]);
});

test("sse connection: nothing is read ahead, and leaving cancels the body", async () => {
  let pulls = 0;
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        pulls++;
        controller.enqueue(new TextEncoder().encode("data: 1\n\ndata: 2\n\n"));
      },
      cancel: () => {
        cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  const blocks = readBlocks(body, (chunk) => chunk);
  await blocks.next();
  await blocks.next();
  assert.equal(pulls, 1);
  await blocks.next();
  assert.equal(pulls, 2);
  await blocks.return();
  assert.ok(cancelled);
});
