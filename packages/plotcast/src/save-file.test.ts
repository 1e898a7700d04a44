import assert from "node:assert/strict";
import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { fakeFolder } from "./fake-folder.ts";
import { exists, partOf, saveFile } from "./save-file.ts";

async function* chunks(...texts: (string | Error)[]) {
  for (const text of texts) {
    if (text instanceof Error) throw text;
    yield Buffer.from(text);
  }
}

function target(t: TestContext) {
  const file = path.join(fakeFolder(t), "a.csv");
  return { file, part: partOf(file) };
}

test("save file: all chunks, under its name once it is whole", async (t) => {
  const { file, part } = target(t);
  async function* watched() {
    yield Buffer.from("a");
    assert.deepEqual([existsSync(file), existsSync(part)], [false, true]);
    yield Buffer.from("bc");
  }
  assert.equal(await saveFile(file, watched()), 3);
  assert.equal(readFileSync(file, "utf8"), "abc");
  assert.equal(existsSync(part), false);
});

test("save file: what ends early is not under its name, and harms no file that is", async (t) => {
  const { file, part } = target(t);
  writeFileSync(file, "before");
  const cut = new Error("cut");
  await assert.rejects(saveFile(file, chunks("abc", cut)), cut);
  assert.equal(readFileSync(file, "utf8"), "before");
  assert.equal(readFileSync(part, "utf8"), "abc");
  await saveFile(file, chunks("d"));
  assert.equal(readFileSync(file, "utf8"), "d");
});

test("save file: what cannot be written is told in words", async (t) => {
  const { file } = target(t);
  const below = path.join(file, "b");
  const message = `cannot write ${below}: there is no such folder`;
  await assert.rejects(saveFile(below, chunks("a")), { code: "unavailable", message });
  const folder = path.dirname(file);
  await assert.rejects(saveFile(folder, chunks("a")), { code: "unavailable", message: /no file$/ });
});

test("save file: a device stays a device", { skip: process.platform === "win32" }, async (t) => {
  const { file, part } = target(t);
  symlinkSync("/dev/null", file);
  await assert.rejects(saveFile(file, chunks("a")), { code: "unavailable", message: /no file$/ });
  assert.equal(existsSync(part), false);
});

test("save file: a file is there or not", async (t) => {
  const { file } = target(t);
  assert.equal(await exists(file), false);
  writeFileSync(file, "");
  assert.equal(await exists(file), true);
  assert.equal(await exists(path.join(file, "b")), false);
});
