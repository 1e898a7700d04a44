import assert from "node:assert/strict";
import { test } from "node:test";
import { shortNames } from "./names.ts";

test("names: what all have in common is left out", () => {
  const series = ['cpu{core="0",host="a"}', 'cpu{core="1",host="a"}'];
  assert.deepEqual(shortNames(series), ["0", "1"]);
});

test("names: different names stay, with the labels that differ", () => {
  const series = ['cpu{host="a"}', 'cpu{host="b"}', 'mem{host="a"}'];
  assert.deepEqual(shortNames(series), ["cpu a", "cpu b", "mem a"]);
});

test("names: one series alone has its name", () => {
  assert.deepEqual(shortNames(["temp"]), ["temp"]);
  assert.deepEqual(shortNames(['temp{room="1"}']), ["temp"]);
  assert.deepEqual(shortNames([]), []);
});

test("names: names that would become equal are left whole", () => {
  const series = ['a{x="1",y="2"}', 'a{x="1 2"}'];
  assert.deepEqual(shortNames(series), series);
});
