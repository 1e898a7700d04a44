import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest } from "./nearest.ts";

const commands = ["serve", "demo", "tail", "help"];

test("nearest: finds the word behind one or two slips", () => {
  assert.equal(nearest("dmo", commands), "demo");
  assert.equal(nearest("tial", commands), "tail");
  assert.equal(nearest("sreve", commands), "serve");
  assert.equal(nearest("hlep", commands), "help");
  assert.equal(nearest("demos", commands), "demo");
});

test("nearest: prefers the closer of two", () => {
  assert.equal(nearest("tali", ["tal", "tail"]), "tal");
  assert.equal(nearest("tial", ["tall", "tail"]), "tail");
});

test("nearest: offers nothing for a word that is like none", () => {
  assert.equal(nearest("vmstat", commands), undefined);
  assert.equal(nearest("", commands), undefined);
  assert.equal(nearest("dx", commands), undefined);
  assert.equal(nearest("demo".repeat(1000), commands), undefined);
});
