import assert from "node:assert/strict";
import { PassThrough, Readable, Writable } from "node:stream";
import { test } from "node:test";
import { readInput, tee } from "./input.ts";

async function* chunks(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text);
}

async function textOf(source: AsyncIterable<Uint8Array>) {
  return Buffer.concat(await Array.fromAsync(source)).toString();
}

test("input: is read to its end", async () => {
  const stdin = Readable.from([Buffer.from("1\n"), Buffer.from("2\n")]);
  assert.equal(await textOf(readInput(stdin, new AbortController().signal)), "1\n2\n");
});

test("input: the signal ends it in the middle, cleanly", async () => {
  const stdin = new PassThrough();
  const stop = new AbortController();
  const input = readInput(stdin, stop.signal);
  stdin.write("1\n");
  const first = await input.next();
  assert.equal(String(first.value), "1\n");
  const second = input.next();
  stop.abort();
  assert.equal((await second).done, true);
  assert.equal(stdin.destroyed, true);
});

test("input: is not even begun after the signal", async () => {
  const stdin = new PassThrough();
  assert.equal(await textOf(readInput(stdin, AbortSignal.abort())), "");
  assert.equal(stdin.destroyed, true);
});

test("input: its failure is the reader's failure", async () => {
  const stdin = new PassThrough();
  const read = textOf(readInput(stdin, new AbortController().signal));
  stdin.destroy(new Error("disk on fire"));
  await assert.rejects(read, /disk on fire/);
});

test("tee: passes every byte through, before it is used", async () => {
  const out = new PassThrough();
  const copied: string[] = [];
  for await (const chunk of tee(chunks("a\nb", "\0\xff"), out)) {
    copied.push(String(out.read()));
    assert.equal(copied.at(-1), String(chunk));
  }
  assert.deepEqual(copied, ["a\nb", "\0\xff"]);
});

test("tee: goes no faster than its reader", async () => {
  let finish: (() => void) | undefined;
  const out = new Writable({
    write(_chunk, _encoding, done) {
      finish = done;
    },
  });
  const next = tee(chunks("a"), out).next();
  const order: string[] = [];
  const used = next.then(() => order.push("used"));
  await new Promise(setImmediate);
  order.push("written");
  finish?.();
  await used;
  assert.deepEqual(order, ["written", "used"]);
});

test("tee: when its reader leaves, the input goes on", async () => {
  const out = new PassThrough();
  out.on("error", () => {});
  const copy = tee(chunks("a", "b", "c"), out);
  await copy.next();
  out.destroy(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
  assert.equal(await textOf(copy), "bc");
});
