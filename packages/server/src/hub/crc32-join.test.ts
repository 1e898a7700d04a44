import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { crc32After, joinCrc32 } from "./crc32-join.ts";

test("crc32: that of two stretches follows from that of each", () => {
  const bytes = fc.uint8Array({ maxLength: 2000 });
  fc.assert(
    fc.property(bytes, bytes, (a, b) => {
      const both = crc32(Buffer.concat([a, b]));
      assert.equal(joinCrc32(crc32(a), crc32(b), b.length), both);
      assert.equal(crc32After(both, crc32(a), b.length), crc32(b));
    }),
  );
});

test("crc32: a stretch of gigabytes is no more work than one of bytes", () => {
  const zeros = Buffer.alloc(1 << 20);
  let crc = crc32("before");
  let joined = crc;
  for (let i = 0; i < 64; i++) crc = crc32(zeros, crc);
  joined = joinCrc32(joined, crc32(Buffer.alloc(64 << 20)), 64 << 20);
  assert.equal(joined, crc);
});
