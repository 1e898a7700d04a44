import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { decompress } from "./decompress.ts";

// Not so regular that all of it would fit in one compressed piece.
const text = Buffer.from(
  Array.from({ length: 20_000 }, (_, i) => `{"time":${1.6e9 + i},"cpu":${Math.sin(i)}}\n`).join(""),
);
const compressed = { gzip: gzipSync(text), zstd: zstdCompressSync(text) };

async function* inPieces(bytes: Uint8Array, size: number) {
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
}

/** What comes out, and how it ends. */
async function run(bytes: Uint8Array, declared?: string, size = 5_000) {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of decompress(inPieces(bytes, size), declared)) {
      chunks.push(Buffer.from(chunk));
    }
    return { out: Buffer.concat(chunks), end: "whole" };
  } catch (error) {
    return { out: Buffer.concat(chunks), end: (error as Error).message };
  }
}

function isBeginning(out: Buffer, least: number) {
  assert.ok(out.length >= least, `${out.length} of ${text.length} bytes`);
  assert.ok(out.equals(text.subarray(0, out.length)));
}

for (const name of ["gzip", "zstd"] as const) {
  const bytes = compressed[name];

  test(`decompress: ${name} is recognised by its first bytes, declared or not`, async () => {
    for (const declared of [undefined, name, name.toUpperCase()]) {
      const { out, end } = await run(bytes, declared);
      assert.equal(end, "whole");
      assert.ok(out.equals(text));
    }
  });

  test(`decompress: ${name} may arrive byte by byte`, async () => {
    const short = name === "gzip" ? gzipSync("cpu=1\n") : zstdCompressSync(Buffer.from("cpu=1\n"));
    assert.deepEqual(await run(short, undefined, 1), { out: Buffer.from("cpu=1\n"), end: "whole" });
  });

  test(`decompress: ${name} that was compressed in parts and joined is one text`, async () => {
    const { out, end } = await run(Buffer.concat([bytes, bytes, bytes]));
    assert.equal(end, "whole");
    assert.ok(out.equals(Buffer.concat([text, text, text])));
  });

  test(`decompress: ${name} cut short gives what could be had, and says so`, async () => {
    const { out, end } = await run(bytes.subarray(0, bytes.length / 2));
    assert.equal(end, `expected the rest of the ${name} data, found its end`);
    isBeginning(out, text.length / 4);
    for (const cut of [5, 6, 7, 8, 12]) {
      assert.equal((await run(bytes.subarray(0, cut))).end, end);
    }
  });

  test(`decompress: damaged ${name} ends there, and says so`, async () => {
    const damaged = Buffer.from(bytes);
    damaged.fill(0xff, bytes.length - 3_000, bytes.length - 2_900);
    const { out, end } = await run(damaged);
    assert.equal(end, `expected ${name} data, found it damaged`);
    assert.ok(out.length > text.length / 4);
  });

  test(`decompress: what follows ${name} and is none is damage`, async () => {
    const { out, end } = await run(Buffer.concat([bytes, Buffer.from("hello world")]));
    assert.equal(end, `expected ${name} data, found it damaged`);
    isBeginning(out, text.length * 0.9);
  });
}

test("decompress: plain text passes through, also when it begins almost like compressed text", async () => {
  for (const plain of ["", "5", "(", "\u001f", "(\n5", "(µ/"]) {
    const bytes = Buffer.from(plain);
    for (const size of [1, 100]) {
      assert.deepEqual(await run(bytes, undefined, size), { out: bytes, end: "whole" });
    }
  }
});

test("decompress: the first bytes of a slow sender are not waited for", async () => {
  async function* slow() {
    yield Buffer.from("5");
    await new Promise(() => {});
  }
  const first = await decompress(slow()).next();
  assert.equal(Buffer.from(first.value as Uint8Array).toString(), "5");
});

test("decompress: what is declared must be what is there", async () => {
  assert.equal((await run(text, "gzip")).end, "expected gzip data, found something else");
  assert.equal(
    (await run(compressed.gzip, "zstd")).end,
    "expected zstd data, found something else",
  );
  assert.equal(
    (await run(text, "br")).end,
    'expected Content-Encoding gzip, zstd or none, found "br"',
  );
  assert.equal((await run(text, "identity")).end, "whole");
  assert.equal((await run(compressed.gzip, "x-gzip")).end, "whole");
});

test("decompress: a source that fails fails as it does", async () => {
  async function* failing() {
    yield compressed.gzip.subarray(0, 50_000);
    throw new Error("gone");
  }
  await assert.rejects(async () => {
    for await (const _ of decompress(failing()));
  }, /gone/);
});

test("decompress: what compresses well comes out in small chunks, as fast as it is taken", async () => {
  const bomb = zstdCompressSync(Buffer.alloc(50_000_000));
  let total = 0;
  for await (const chunk of decompress(inPieces(bomb, 1e6))) {
    assert.ok(chunk.length <= 128 * 1024);
    total += chunk.length;
  }
  assert.equal(total, 50_000_000);
});

test("decompress: leaving early ends the source", async () => {
  let ended = false;
  async function* source() {
    try {
      for (;;) yield compressed.gzip;
    } finally {
      ended = true;
    }
  }
  for await (const _ of decompress(source())) break;
  assert.ok(ended);
});
