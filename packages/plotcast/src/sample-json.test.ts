import assert from "node:assert/strict";
import { test } from "node:test";
import type { Sample } from "@plotcast/protocol";
import { formatSampleJson } from "./sample-json.ts";

const time = 1_769_857_200_000;

test("sample json: is one line that says all, in a fixed order", () => {
  const series = 'cpu{host="a"}';
  const line = '{"series":"cpu{host=\\"a\\"}","time":1769857200000,"value":12.5}\n';
  assert.equal(formatSampleJson({ series, time, value: 12.5 }), line);
});

test("sample json: keeps microseconds, every float64, and null", () => {
  const exact: Sample[] = [
    { series: "a", time: time + 0.123, value: 0.1 + 0.2 },
    { series: "a", time, value: Number.MIN_VALUE },
    { series: "a", time, value: -0 },
    { series: "a", time, value: null },
  ];
  for (const sample of exact) assert.deepEqual(JSON.parse(formatSampleJson(sample)), sample);
});

test("sample json: a time that could be taken for another unit is written out", () => {
  const written = (at: number) =>
    JSON.parse(formatSampleJson({ series: "a", time: at, value: 1 })).time;
  assert.equal(written(86_400_000), "1970-01-02T00:00:00.000Z");
  assert.equal(written(1e11), 1e11);
});
