import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { createArrivalClock } from "./arrival-clock.ts";
import { FakeIntake } from "./fake-intake.ts";
import { SeriesLimit } from "./series-limit.ts";
import { type IngestOptions, ingestText } from "./text.ts";

async function* chunks(...parts: (string | Uint8Array)[]) {
  for (const part of parts) yield Buffer.from(part);
}

function run(source: AsyncIterable<Uint8Array>, options: IngestOptions = {}) {
  const intake = new FakeIntake();
  const clock = createArrivalClock(() => 1_700_000_000_000);
  return ingestText(source, intake, { clock, ...options }).then((summary) => ({ intake, summary }));
}

const texts = fc.constantFrom(
  "cpu=1 mem=2\r\ncpu=n/a\n\n  \nmem=3 °C\r\n",
  '{"température":1,"s":"🌡️"}\r\n{"a":2}\nx\n[1,2,{"b":3}]',
  '[\n {"a":1,\n "b":{"c":2}},\n {"a":"x},\n{"a":3}\n',
  "time;größe\n1600000000;5\n1600000001;ü\n1600000002;7",
  " r  b\n 1  2\n x  y\n 3  4\nhello\n",
  "PING 1\n64 bytes: seq=1 time=0.5 ms\nbye 5\n",
  `\n \n${" ".repeat(2000)}{"a":1}\n{"a":2}`,
  `${"x".repeat(1500)}\na=1\n`,
  `[${" ".repeat(1500)}x 5\n6\n`,
  "\ufeffa,b\n1,2\n",
  "a=1\n\0\n\ufffd\na=2",
);

test("ingest: wherever the bytes are cut, in a line end, a character or a number, it is the same", async () => {
  await fc.assert(
    fc.asyncProperty(
      texts,
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }),
      fc.boolean(),
      fc.constantFrom(undefined, "p"),
      async (text, sizes, loose, prefix) => {
        const bytes = Buffer.from(text);
        const cut = async function* () {
          for (let i = 0, at = 0; at < bytes.length; i++) {
            const size = sizes[i % sizes.length]!;
            yield bytes.subarray(at, at + size);
            at += size;
          }
        };
        const whole = await run(chunks(bytes), { loose, prefix });
        const inPieces = await run(cut(), { loose, prefix });
        assert.deepEqual(inPieces.intake.samples, whole.intake.samples);
        assert.deepEqual(inPieces.summary, whole.summary);
      },
    ),
    { numRuns: 300 },
  );
});

test("ingest: any bytes at all end in a summary", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 50 })),
      fc.boolean(),
      async (parts, loose) => {
        const { intake, summary } = await run(chunks(...parts), { loose, prefix: "p" });
        assert.equal(intake.samples.length, summary.samples);
        assert.ok(
          intake.samples.every(
            ({ value, time }) => Number.isFinite(value ?? 0) && Number.isFinite(time),
          ),
        );
      },
    ),
    { numRuns: 500 },
  );
});

test("ingest: the last line counts without its end", async () => {
  const { intake, summary } = await run(chunks("a=1\na=2"));
  assert.deepEqual(intake.rows, ["a=1", "a=2"]);
  assert.equal(summary.kept, 2);
});

test("ingest: a line is appended at once when the source pauses after it", async () => {
  const intake = new FakeIntake();
  const appended: string[][] = [];
  async function* source() {
    for (const line of ["seq=1\n", "seq=2\nseq=3\n", "seq="]) {
      const before = intake.appends.length;
      yield Buffer.from(line);
      // Goes on only when what it gave has been taken: a test that waits for ever fails.
      while (line.endsWith("\n") && intake.appends.length === before) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      appended.push(intake.rows);
    }
  }
  await ingestText(source(), intake);
  assert.deepEqual(appended, [["seq=1"], ["seq=1", "seq=2", "seq=3"], ["seq=1", "seq=2", "seq=3"]]);
});

test("ingest: chunks that are there already are appended together", async () => {
  const { intake } = await run(chunks(...Array.from({ length: 500 }, (_, i) => `a=${i}\n`)));
  assert.equal(intake.samples.length, 500);
  assert.ok(intake.appends.length < 5, `${intake.appends.length} appends`);
});

test("ingest: no more is read than the intake takes, and groups stay in order", async () => {
  const intake = new FakeIntake();
  const waiting: (() => void)[] = [];
  intake.wait = () => new Promise<void>((resolve) => waiting.push(resolve));
  let given = 0;
  async function* source() {
    for (; given < 1_000_000; given += 10_000) {
      yield Buffer.from(Array.from({ length: 10_000 }, (_, i) => `a=${given + i}\n`).join(""));
    }
  }
  const done = ingestText(source(), intake);
  for (let turn = 0; turn < 1_000; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(given <= 60_000, `read ${given} samples while nothing was taken`);
  assert.ok(intake.underWay <= 40_000);
  intake.wait = async () => {};
  for (const resume of waiting) resume();
  const { samples } = await done;
  assert.equal(samples, 1_000_000);
  assert.ok(intake.samples.every(({ value }, i) => value === i));
  assert.ok(intake.mostUnderWay <= 40_000, `${intake.mostUnderWay} samples under way`);
  assert.ok(intake.appends.every((group) => group.length <= 8_192));
});

test("ingest: an array of numbers on one line is appended in groups as well", async () => {
  const numbers = `[${"1,".repeat(100_000)}1]`;
  const { intake, summary } = await run(chunks(numbers), { prefix: "p" });
  assert.equal(summary.samples, 100_001);
  assert.ok(intake.appends.every((group) => group.length <= 8_192));
});

test("ingest: a line of 100 MB takes no memory, and its neighbours are kept", async () => {
  const chunk = Buffer.alloc(65_536, "x");
  let most = 0;
  async function* source() {
    yield Buffer.from("a=1\n");
    const before = process.memoryUsage();
    for (let i = 0; i < 1_600; i++) {
      yield chunk;
      const { rss } = process.memoryUsage();
      most = Math.max(most, rss - before.rss);
    }
    yield Buffer.from("\na=2\n");
  }
  const { intake, summary } = await run(source(), { loose: false });
  assert.deepEqual(intake.rows, ["a=1", "a=2"]);
  assert.deepEqual(summary.rejections, [
    { line: 2, reason: "expected a line of at most 1 MiB, found a longer one" },
  ]);
  assert.ok(most < 60_000_000, `${most} bytes`);
});

test("ingest: the first rejections are kept, all are told and counted", async () => {
  const told: number[] = [];
  const lines = Array.from({ length: 37 }, () => "cpu=n/a\n").join("");
  const { summary } = await run(chunks("cpu=1\n", lines), {
    loose: false,
    onRejected: (line) => told.push(line),
  });
  assert.equal(summary.rejections.length, 20);
  assert.equal(summary.rejected, 37);
  assert.equal(told.length, 37);
  assert.deepEqual([summary.kept, summary.lines], [1, 38]);
});

test("ingest: what is kept in part is said to be", async () => {
  const { summary } = await run(chunks("a=1 b=2\na=1 b=x\na=x b=x\n\na=1"), { loose: false });
  assert.deepEqual([summary.lines, summary.kept, summary.partly], [4, 2, 1]);
});

test("ingest: lines without a number are counted where they are no mistake", async () => {
  const { summary } = await run(chunks("hello\n\na=1\nworld\n"));
  assert.deepEqual([summary.lines, summary.kept, summary.ignored, summary.rejected], [1, 1, 2, 0]);
});

for (const [name, compress] of [
  ["gzip", gzipSync],
  ["zstd", zstdCompressSync],
] as const) {
  test(`ingest: ${name} is read, and of what is cut short the whole lines are kept`, async () => {
    const lines = Array.from(
      { length: 5_000 },
      (_, i) => `{"time":${1.6e9 + i},"cpu":${Math.sin(i)}}\n`,
    );
    const bytes = compress(Buffer.from(lines.join("")));
    assert.equal((await run(chunks(bytes), { loose: false })).summary.kept, 5_000);

    const { intake, summary } = await run(chunks(bytes.subarray(0, bytes.length - 1_000)), {
      loose: false,
    });
    const kept = intake.samples.length;
    assert.ok(kept > 2_500 && kept < 5_000, String(kept));
    assert.ok(intake.samples.every(({ value }, i) => value === Math.sin(i)));
    assert.deepEqual(summary.rejections, [
      { line: kept + 1, reason: `expected the rest of the ${name} data, found its end` },
    ]);
  });
}

test("ingest: of a source that fails the whole lines are kept, and half a number is not one", async () => {
  async function* source() {
    yield Buffer.from("a=1\na=12");
    throw Object.assign(new Error("gone"), { code: "ECONNRESET" });
  }
  const { intake, summary } = await run(source());
  assert.deepEqual(intake.rows, ["a=1"]);
  assert.deepEqual(summary.rejections, [
    { line: 2, reason: "expected the rest of the text, found its end: ECONNRESET" },
  ]);
});

test("ingest: the signal ends a source that says nothing, and what was read is kept", async () => {
  const off = new AbortController();
  async function* source() {
    yield Buffer.from("a=1\na=12");
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    off.abort();
    await new Promise(() => {});
  }
  const { intake, summary } = await run(source(), { signal: off.signal });
  assert.deepEqual(intake.rows, ["a=1"]);
  assert.equal(summary.rejected, 0);
});

test("ingest: a signal that has come already takes nothing", async () => {
  const { intake } = await run(chunks("a=1\n"), { signal: AbortSignal.abort() });
  assert.deepEqual(intake.rows, []);
});

test("ingest: an append that fails ends it with its error, and the source", async () => {
  const intake = new FakeIntake();
  intake.wait = async () => {
    throw new Error("disk full");
  };
  let ended = false;
  async function* source() {
    try {
      for (;;) yield Buffer.from("a=1\n".repeat(10_000));
    } finally {
      ended = true;
    }
  }
  await assert.rejects(ingestText(source(), intake), /disk full/);
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok(ended);
});

test("ingest: a hundred thousand names are held back by the limit, the known ones are taken", async () => {
  const intake = new FakeIntake();
  const limit = new SeriesLimit(intake, 1_000);
  const lines = Array.from({ length: 100_000 }, (_, i) => `n${i}=1\n`).join("");
  const summary = await ingestText(chunks(lines, "n5=2\n"), intake, { loose: false, limit });
  assert.equal(intake.seriesCount(), 1_000);
  assert.equal(summary.rejected, 99_000);
  assert.equal(intake.rows.at(-1), "n5=2");
  assert.deepEqual(summary.rejections[0], {
    line: 1_001,
    reason:
      'cannot take a new series "n1000": there are already 1000, the limit; keep what changes, such as ids and times, out of names',
  });
});

test("ingest: two bodies at once do not pass the limit together", async () => {
  const intake = new FakeIntake();
  const limit = new SeriesLimit(intake, 100);
  const body = (name: string) => chunks(...Array.from({ length: 80 }, (_, i) => `${name}${i}=1\n`));
  const summaries = await Promise.all(
    ["a", "b"].map((name) => ingestText(body(name), intake, { limit })),
  );
  assert.equal(intake.seriesCount(), 100);
  assert.equal(summaries[0]!.rejected + summaries[1]!.rejected, 60);
});

test("ingest: the times that are taken move on while a text comes in", async () => {
  const intake = new FakeIntake();
  intake.range = { from: 1_600_000_000_000, to: 1_700_000_000_000 };
  async function* source() {
    yield Buffer.from("time,a\n1600000000,1\n1600000000,2\n");
    intake.range = { from: 1_600_000_000_001, to: 1_700_000_000_000 };
    yield Buffer.from("1600000000,3\n1600000001,4\n");
  }
  const { rejections } = await ingestText(source(), intake);
  assert.deepEqual(intake.rows, ["a=1", "a=2", "a=4"]);
  assert.deepEqual(
    rejections.map(({ line }) => line),
    [4],
  );
});

test("ingest: a sample outside of the times that are taken makes no series", async () => {
  const intake = new FakeIntake();
  intake.range = { from: 1_700_000_000_000, to: 1_800_000_000_000 };
  const limit = new SeriesLimit(intake, 1);
  const summary = await ingestText(chunks("old=1 time=1600000000\nnew=2\n"), intake, { limit });
  assert.deepEqual(intake.rows, ["new=2"]);
  assert.equal(summary.rejected, 1);
});
