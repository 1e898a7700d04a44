#!/usr/bin/env node
// Plain old JavaScript on purpose: a Node too old for the rest must still be able to parse this
// file, or its user would see a syntax error instead of what to do.
var found = process.versions.node.split(".").map(Number);

if (found[0] > 24 || (found[0] === 24 && found[1] >= 15)) {
  import("../dist/main.js");
} else {
  console.error(
    "plotcast: needs Node 24.15 or newer, found " +
      process.versions.node +
      ": get it from https://nodejs.org",
  );
  process.exitCode = 1;
}
