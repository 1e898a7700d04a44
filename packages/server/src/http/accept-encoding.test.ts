import assert from "node:assert/strict";
import { test } from "node:test";
import { acceptsGzip } from "./accept-encoding.ts";

test("accept-encoding: gzip is for those who name it, or anything", () => {
  for (const header of [
    ...[
      "gzip",
      "GZIP",
      "x-gzip",
      "gzip, deflate, br, zstd",
      "br, gzip",
      "deflate;q=1.0 , gzip;q=0.1",
    ],
    ...["*", "br;q=0.5, *;q=0.1", "gzip;q=1, *;q=0", "identity, gzip ; q = 0.001", "gzip;x=0;q=1"],
  ])
    assert.ok(acceptsGzip(header), header);
});

test("accept-encoding: all others get it plain", () => {
  for (const header of [
    ...[undefined, "", "identity", "br", "deflate, br", "gzipped", "gzip;q=0", "gzip; q=0.000"],
    ...["*;q=0", "gzip;q=0, *", "*, gzip;q=0", "br, *;q=0.0", "gzip;q=0,br"],
  ])
    assert.ok(!acceptsGzip(header), header);
});
