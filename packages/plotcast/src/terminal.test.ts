import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { openSync } from "node:fs";
import { test } from "node:test";
import { isFed } from "./terminal.ts";

const script = `import { isFed } from ${JSON.stringify(new URL("./terminal.ts", import.meta.url))};
process.stdout.write(String(isFed()));`;

function fedWith(stdin: "pipe" | "ignore" | number): string {
  const args = ["--input-type=module", "-e", script];
  return spawnSync(process.execPath, args, { stdio: [stdin, "pipe", "inherit"] }).stdout.toString();
}

test("terminal: a pipe and a file are input, /dev/null is none", () => {
  assert.equal(fedWith("pipe"), "true");
  assert.equal(fedWith(openSync(import.meta.filename, "r")), "true");
  assert.equal(fedWith("ignore"), "false");
});

test("terminal: without a standard input there is no input", () => {
  const closed = () => {
    throw Object.assign(new Error("EBADF"), { code: "EBADF" });
  };
  assert.equal(isFed(closed), false);
});
