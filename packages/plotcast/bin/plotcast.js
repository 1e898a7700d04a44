#!/usr/bin/env node
// Plain old JavaScript on purpose: a Node too old for the rest must still be able to parse this
// file, or its user would see a syntax error instead of what to do.
import { fileURLToPath } from "node:url";

const main = new URL("../dist/main.js", import.meta.url);
const found = process.versions.node.split(".").map(Number);
// Left to itself, V8 lets dead objects gather before it looks, and malloc keeps arenas for each
// thread: under a long stream of numbers that would be a third of what the process occupies.
const settings = ["--max-semi-space-size=2", "--optimize-for-size"];
const environment = { MALLOC_ARENA_MAX: "2" };
// V8's settings may change with V8; these were tried up to this version of Node.
const lastTried = 26;

if (found[0] < 24 || (found[0] === 24 && found[1] < 15)) {
  console.error(
    `plotcast: needs Node 24.15 or newer, found ${process.versions.node}: get it from https://nodejs.org`,
  );
  process.exitCode = 1;
} else if (process.platform === "win32" || found[0] > lastTried) {
  import(main.href);
} else {
  // A process takes these only at its start, so this one is replaced by the one that does the work.
  process.execve(
    process.execPath,
    [
      process.argv0,
      ...settings,
      ...process.execArgv,
      fileURLToPath(main),
      ...process.argv.slice(2),
    ],
    Object.assign(environment, process.env),
  );
}
