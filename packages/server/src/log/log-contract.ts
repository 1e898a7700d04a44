import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Sample } from "@plotcast/protocol";
import fc from "fast-check";
import type { Batch, Log, LogOptions } from "./log.ts";
import type { Retaining } from "./retaining.ts";
import { blockOf } from "./sample-block.ts";

type Open = (options: LogOptions) => Promise<Retaining>;
type More = {
  /** Closes a log and opens what it kept; left out for a log that ends with its process. */
  readonly reopen?: (log: Retaining, options: LogOptions) => Promise<Retaining>;
};

/** As large as a batch may be, in every implementation. */
const fullBatch = 5_000;
const options: LogOptions = { keepMs: 1e15, maxBytes: 1e9 };

/**
 * What every log must do, as told in `log.ts`. Each implementation's test file calls this.
 * `open` gives a new, empty log at each call.
 */
export function testLog(name: string, open: Open, { reopen }: More = {}): void {
  async function opened(t: TestContext, some: Partial<LogOptions> = {}): Promise<Retaining> {
    const log = await open({ ...options, ...some });
    t.after(() => log.close());
    return log;
  }

  test(`${name}: a new log is empty and has an epoch of its own`, async (t) => {
    const [log, other] = [await opened(t), await opened(t)];
    assert.match(log.epoch, /^[a-z0-9]{1,16}$/);
    assert.notEqual(log.epoch, other.epoch);
    assert.deepEqual([log.head, log.oldest, log.series.size], [0, 1, 0]);
    assert.deepEqual(await batchesOf(log), []);
  });

  test(`${name}: offsets start at 1 and never skip`, async (t) => {
    const log = await opened(t);
    const offsets = [];
    for (const from of [1, 2, 3]) offsets.push(await log.append(blockOf(samplesOf("a", from, 1))));
    assert.deepEqual(offsets, [1, 2, 3]);
    assert.deepEqual([log.head, log.oldest], [3, 1]);
    assert.deepEqual((await batchesOf(log)).map(offsetOf), [1, 2, 3]);
  });

  test(`${name}: no samples make no batch`, async (t) => {
    const log = await opened(t);
    assert.equal(await log.append(blockOf([])), 0);
    await log.append(blockOf(samplesOf("a", 1, 1)));
    assert.equal(await log.append(blockOf([])), 1);
  });

  test(`${name}: samples of one call keep their order`, async (t) => {
    const log = await opened(t);
    const samples = [...samplesOf("b", 5, 3), ...samplesOf("a", 1, 3), ...samplesOf("b", 2, 2)];
    await log.append(blockOf(samples));
    assert.deepEqual(await samplesIn(log), samples);
  });

  test(`${name}: concurrent calls share batches, each whole and in the order of the calls`, async (t) => {
    const log = await opened(t);
    const calls = Array.from({ length: 200 }, (_, call) => samplesOf(`s${call % 7}`, call * 10, 3));
    const offsets = await Promise.all(calls.map((samples) => log.append(blockOf(samples))));
    assert.ok(log.head < 100, `${log.head} batches for 200 calls at once`);
    assert.deepEqual(
      offsets,
      offsets.toSorted((a, b) => a - b),
    );
    assert.deepEqual(await samplesIn(log), calls.flat());
    for (const [call, offset] of offsets.entries()) {
      const batch = (await batchesOf(log, offset - 1, offset)).flatMap((b) =>
        samplesOfBatch(log, b),
      );
      for (const sample of calls[call]!) assert.ok(batch.some((found) => isSame(found, sample)));
    }
  });

  test(`${name}: a call larger than a batch is spread over several, and resolves to the last`, async (t) => {
    const log = await opened(t);
    const large = samplesOf("a", 1, fullBatch * 2 + 5);
    const [offset] = await Promise.all([
      log.append(blockOf(large)),
      log.append(blockOf(samplesOf("b", 1, 2))),
    ]);
    assert.equal(offset, 3);
    const batches = await batchesOf(log);
    assert.ok(batches.every((batch) => batch.ids.length <= fullBatch));
    const found = batches.flatMap((batch) => samplesOfBatch(log, batch));
    assert.deepEqual(
      found.filter(({ series }) => series === "a"),
      large,
    );
  });

  test(`${name}: a series can be known before it has a sample`, async (t) => {
    let log = await opened(t);
    await log.know(["b", "a"]);
    assert.deepEqual([log.series.size, log.series.id("a"), log.head], [2, 2, 0]);
    await log.append(blockOf(samplesOf("c", 1, 1)));
    assert.equal(log.series.id("c"), 3);
    if (!reopen) return;
    log = await reopen(log, options);
    t.after(() => log.close());
    assert.deepEqual(
      [1, 2, 3].map((id) => log.series.series(id)),
      ["b", "a", "c"],
    );
  });

  test(`${name}: what is still needed is not trimmed, however old and however much`, async (t) => {
    let needed = 2;
    const log = await opened(t, { keepMs: -1, maxBytes: 1, neededAfter: () => needed });
    for (let call = 1; call <= 5; call++) await log.append(blockOf(samplesOf("a", call, 1)));
    await log.retain();
    assert.equal(log.oldest, 3);
    needed = 5;
    await log.retain();
    assert.equal(log.oldest, 6);
  });

  test(`${name}: a call that fits in a batch is never spread`, async (t) => {
    const log = await opened(t);
    const calls = [1, 3_000, 3_000, 4_999, 1_250].map((n, call) => samplesOf(`s${call}`, 1, n));
    const offsets = await Promise.all(calls.map((samples) => log.append(blockOf(samples))));
    for (const [call, offset] of offsets.entries()) {
      const [batch] = await batchesOf(log, offset - 1, offset);
      const own = samplesOfBatch(log, batch!).filter(({ series }) => series === `s${call}`);
      assert.equal(own.length, calls[call]!.length);
    }
  });

  test(`${name}: listeners are called in the turn in which head moves, before append resolves`, async (t) => {
    const log = await opened(t);
    const heard: number[] = [];
    log.follow((batch) => {
      assert.equal(log.head, batch.offset);
      heard.push(batch.offset);
    }, t.signal);
    const calls: Promise<void>[] = [];
    for (let call = 1; call <= 20; call++) {
      const append = log.append(blockOf(samplesOf(`new${call}`, call, 1)));
      calls.push(append.then((offset) => assert.ok(heard.includes(offset))));
      await nextTurn();
      assert.equal(heard.at(-1) ?? 0, log.head);
    }
    await Promise.all(calls);
    assert.deepEqual(heard, (await batchesOf(log)).map(offsetOf));
  });

  test(`${name}: a listener gets the same batch that is read, with series it can look up`, async (t) => {
    const log = await opened(t);
    const heard: Batch[] = [];
    const names: string[] = [];
    log.follow((batch) => {
      heard.push(batch);
      for (const id of batch.ids) names.push(log.series.series(id));
    }, t.signal);
    await log.append(blockOf([...samplesOf("a", 1, 2), ...samplesOf("b", 3, 2)]));
    assert.deepEqual(names, ["a", "a", "b", "b"]);
    assert.deepEqual(heard, await batchesOf(log));
  });

  test(`${name}: a listener that has left hears nothing, one that joins later only what is new`, async (t) => {
    const log = await opened(t);
    const heard: string[] = [];
    const first = new AbortController();
    log.follow(() => heard.push("never"), AbortSignal.abort());
    log.follow(({ offset }) => {
      heard.push(`first ${offset}`);
      first.abort();
      log.follow(({ offset: later }) => heard.push(`late ${later}`), t.signal);
    }, first.signal);
    log.follow(({ offset }) => heard.push(`second ${offset}`), t.signal);
    await log.append(blockOf(samplesOf("a", 1, 1)));
    await log.append(blockOf(samplesOf("a", 2, 1)));
    assert.deepEqual(heard, ["first 1", "second 1", "second 2", "late 2"]);
  });

  test(`${name}: reads any stretch, and nothing above head`, async (t) => {
    const log = await opened(t);
    for (let from = 1; from <= 5; from++) await log.append(blockOf(samplesOf("a", from, 1)));
    assert.deepEqual((await batchesOf(log, 0, 5)).map(offsetOf), [1, 2, 3, 4, 5]);
    assert.deepEqual((await batchesOf(log, 2, 4)).map(offsetOf), [3, 4]);
    assert.deepEqual((await batchesOf(log, 4, Number.POSITIVE_INFINITY)).map(offsetOf), [5]);
    assert.deepEqual(await batchesOf(log, 5, 5), []);
    assert.deepEqual(await batchesOf(log, 9, 20), []);
    assert.deepEqual(await batchesOf(log, 4, 2), []);
  });

  test(`${name}: a batch can be read by the listener that is told of it`, async (t) => {
    const log = await opened(t);
    const read: Promise<Batch[]>[] = [];
    log.follow(({ offset }) => read.push(batchesOf(log, offset - 1, offset)), t.signal);
    await log.append(blockOf(samplesOf("a", 1, 1)));
    await log.append(blockOf(samplesOf("a", 2, 1)));
    assert.deepEqual((await Promise.all(read)).flat().map(offsetOf), [1, 2]);
  });

  test(`${name}: reading goes on while others append, and ends at the head it began with`, async (t) => {
    const log = await opened(t);
    await log.append(blockOf(samplesOf("a", 1, fullBatch * 24)));
    const offsets = [];
    const appended: Promise<number>[] = [];
    for await (const batch of log.read(0, Number.POSITIVE_INFINITY)) {
      offsets.push(batch.offset);
      appended.push(log.append(blockOf(samplesOf("b", batch.offset, 10))));
    }
    await Promise.all(appended);
    assert.deepEqual(
      offsets,
      Array.from({ length: 24 }, (_, index) => index + 1),
    );
    assert.deepEqual(
      (await batchesOf(log)).map(offsetOf),
      Array.from({ length: log.head }, (_, index) => index + 1),
    );
  });

  test(`${name}: a long read is not longer than a turn for everyone else`, async (t) => {
    const log = await opened(t);
    await log.append(blockOf(samplesOf("a", 1, fullBatch * 40)));
    let turns = 0;
    const counting = new AbortController();
    const count = () => {
      turns++;
      if (!counting.signal.aborted) setImmediate(count);
    };
    count();
    await batchesOf(log);
    counting.abort();
    assert.ok(turns > 2, `${turns} turns`);
  });

  test(`${name}: a read may end early`, async (t) => {
    const log = await opened(t);
    await log.append(blockOf(samplesOf("a", 1, fullBatch * 24)));
    for (let times = 0; times < 20; times++) {
      for await (const batch of log.read(0, log.head)) {
        assert.equal(batch.offset, 1);
        break;
      }
    }
    assert.equal(await log.append(blockOf(samplesOf("a", 1, 1))), 25);
  });

  test(`${name}: since leaves out no batch with a sample of that time or later`, async (t) => {
    const log = await opened(t);
    for (const times of [[10], [30, 5], [20], [20.5], [1]]) {
      await log.append(blockOf(times.map((time) => ({ series: "a", time, value: 1 }))));
    }
    const all = await batchesOf(log);
    const some = await batchesOf(log, 0, 5, 20.5);
    for (const batch of all) {
      const wanted = batch.times.some((time) => time >= 20.5);
      if (wanted) assert.ok(some.some(({ offset }) => offset === batch.offset));
    }
    assert.ok(some.length < all.length, "this log never leaves anything out");
  });

  test(`${name}: series get ids from 1, in the order in which they come, once`, async (t) => {
    const log = await opened(t);
    await log.append(blockOf([...samplesOf("a", 1, 2), ...samplesOf('b{x="1"}', 1, 1)]));
    await log.append(blockOf([...samplesOf("c", 1, 1), ...samplesOf("a", 5, 1)]));
    assert.equal(log.series.size, 3);
    assert.deepEqual(
      [1, 2, 3].map((id) => log.series.series(id)),
      ["a", 'b{x="1"}', "c"],
    );
    assert.deepEqual(
      ["a", 'b{x="1"}', "c", "d"].map((text) => log.series.id(text)),
      [1, 2, 3, undefined],
    );
    assert.deepEqual(
      (await batchesOf(log)).map(({ ids }) => [...ids]),
      [
        [1, 1, 2],
        [3, 1],
      ],
    );
    for (const id of [0, 4, -1, 1.5]) assert.throws(() => log.series.series(id), /BUG/);
  });

  test(`${name}: names are any text`, async (t) => {
    const log = await opened(t);
    const names = [
      "__proto__",
      "constructor",
      "Ä ö",
      "数",
      "🙂</script>",
      "a'b;--",
      "x".repeat(4000),
    ];
    await log.append(blockOf(names.map((series) => ({ series, time: 1, value: 1 }))));
    assert.deepEqual(
      (await samplesIn(log)).map(({ series }) => series),
      names,
    );
  });

  test(`${name}: every number comes back as it was`, async (t) => {
    const log = await opened(t);
    const number = fc.double({ noNaN: true });
    const time = fc.double({ noNaN: true, noDefaultInfinity: true });
    const sample = fc.record(
      { series: fc.constantFrom("a", "b", "c"), time, value: fc.option(number) },
      { noNullPrototype: true },
    );
    const odd = [-0, 5e-324, -5e-324, Number.MAX_VALUE, 2 ** 53, 0.1, null];
    const examples: [Sample[]][] = [
      [odd.map((value) => ({ series: "a", time: 1_700_000_000_000.123, value }))],
      [[-0, 0, -1.5, 8.64e15].map((at) => ({ series: "a", time: at, value: 1 }))],
    ];
    await fc.assert(
      fc.asyncProperty(fc.array(sample, { minLength: 1, maxLength: 50 }), async (samples) => {
        const offset = await log.append(blockOf(samples));
        assert.deepEqual(await samplesIn(log, offset - 1, offset), samples);
      }),
      { numRuns: 40, examples },
    );
  });

  test(`${name}: a batch says when it was appended`, async (t) => {
    let now = 1000.5;
    const log = await opened(t, { now: () => now });
    await log.append(blockOf(samplesOf("a", 1, 1)));
    now = 900;
    await log.append(blockOf(samplesOf("a", 2, 1)));
    assert.deepEqual(
      (await batchesOf(log)).map(({ at }) => at),
      [1000.5, 900],
    );
  });

  test(`${name}: what is too old is dropped, and reading begins at the oldest left`, async (t) => {
    let now = 0;
    const log = await opened(t, { keepMs: 1500, now: () => now });
    for (const at of [0, 1000, 2000]) {
      now = at;
      await log.append(blockOf(samplesOf("a", at, 1)));
    }
    now = 3000;
    await log.retain();
    assert.deepEqual([log.oldest, log.head], [3, 3]);
    assert.deepEqual((await batchesOf(log, 0, 3)).map(offsetOf), [3]);
  });

  test(`${name}: offsets and series go on after everything was dropped`, async (t) => {
    let now = 0;
    const log = await opened(t, { keepMs: 10, now: () => now });
    await log.append(blockOf([...samplesOf("a", 1, 1), ...samplesOf("b", 1, 1)]));
    await log.append(blockOf(samplesOf("a", 1, 1)));
    now = 100;
    await log.retain();
    assert.deepEqual([log.oldest, log.head, log.series.id("b")], [3, 2, 2]);
    assert.deepEqual(await batchesOf(log), []);
    assert.equal(await log.append(blockOf(samplesOf("b", 1, 1))), 3);
    assert.deepEqual((await batchesOf(log)).map(offsetOf), [3]);
  });

  test(`${name}: what is too much is dropped, oldest first`, async (t) => {
    const log = await opened(t, { maxBytes: 4_000_000 });
    for (let call = 0; call < 120; call++) await log.append(blockOf(noise(fullBatch)));
    await log.retain();
    assert.ok(log.oldest > 1 && log.oldest < log.head, `${log.oldest} to ${log.head}`);
    const batches = await batchesOf(log);
    assert.deepEqual([batches[0]?.offset, batches.at(-1)?.offset], [log.oldest, log.head]);
    const bytes = batches.reduce((sum, { ids }) => sum + ids.length * 8, 0);
    assert.ok(bytes < 4_000_000, `${bytes} bytes`);
  });

  test(`${name}: a read that retention overtakes goes on with the oldest left`, async (t) => {
    let now = 0;
    const log = await opened(t, { keepMs: 10, now: () => now });
    await log.append(blockOf(samplesOf("a", 1, fullBatch * 32)));
    now = 100;
    const newest = await log.append(blockOf(samplesOf("a", 1, 1)));
    const offsets = [];
    for await (const { offset } of log.read(0, log.head)) {
      offsets.push(offset);
      await log.retain();
    }
    assert.equal(offsets[0], 1);
    assert.equal(offsets.at(-1), newest);
    assert.ok(offsets.length < newest, "it kept all it had dropped");
    assert.deepEqual(
      offsets,
      offsets.toSorted((a, b) => a - b),
    );
  });

  test(`${name}: close waits for what is being appended, then refuses everything`, async (t) => {
    const log = await opened(t);
    const heard: number[] = [];
    log.follow(({ offset }) => heard.push(offset), t.signal);
    const appended = [1, 2, 3].map((from) => log.append(blockOf(samplesOf("a", from, fullBatch))));
    const closed = log.close();
    await assert.rejects(log.append(blockOf(samplesOf("a", 9, 1))), { code: "closed" });
    await closed;
    assert.deepEqual(await Promise.all(appended), [1, 2, 3]);
    assert.deepEqual(heard, [1, 2, 3]);
    await assert.rejects(log.append(blockOf([])), { code: "closed" });
    await assert.rejects(batchesOf(log), { code: "closed" });
    assert.throws(() => log.follow(() => {}, t.signal), { code: "closed" });
    await log.close();
  });

  test(`${name}: close ends reads that are under way`, async (t) => {
    const log = await opened(t);
    await log.append(blockOf(samplesOf("a", 1, fullBatch * 24)));
    const read = log.read(0, log.head)[Symbol.asyncIterator]();
    await read.next();
    const closing = log.close();
    await assert.rejects(read.next(), { code: "closed" });
    await closing;
  });

  if (!reopen) return;

  test(`${name}: opened again, it goes on as if nothing had happened`, async (t) => {
    const log = await opened(t);
    await log.append(blockOf([...samplesOf("b", 1, 3), ...samplesOf("a", 1, 3)]));
    await log.append(blockOf(samplesOf("c", 1, 1)));
    const before = await batchesOf(log);
    const again = await reopen(log, options);
    t.after(() => again.close());
    assert.deepEqual([again.epoch, again.head, again.oldest], [log.epoch, 2, 1]);
    assert.deepEqual(
      ["b", "a", "c"].map((series) => again.series.id(series)),
      [1, 2, 3],
    );
    assert.deepEqual(await batchesOf(again), before);
    assert.equal(await again.append(blockOf(samplesOf("d", 1, 1))), 3);
    assert.equal(again.series.id("d"), 4);
  });

  test(`${name}: opened again after everything was dropped, offsets go on`, async (t) => {
    let now = 0;
    const some = { ...options, keepMs: 10, now: () => now };
    const log = await opened(t, some);
    await log.append(blockOf(samplesOf("a", 1, 1)));
    await log.append(blockOf(samplesOf("a", 2, 1)));
    now = 100;
    await log.retain();
    const again = await reopen(log, some);
    t.after(() => again.close());
    assert.deepEqual([again.epoch, again.head, again.oldest], [log.epoch, 2, 3]);
    assert.equal(await again.append(blockOf(samplesOf("a", 3, 1))), 3);
  });
}

function samplesOf(series: string, from: number, count: number): Sample[] {
  return Array.from({ length: count }, (_, index) => ({
    series,
    time: from + index,
    value: index % 5 === 3 ? null : (from + index) / 8,
  }));
}

/** Samples that no compression makes smaller. */
function noise(count: number): Sample[] {
  return Array.from({ length: count }, (_, time) => ({ series: "a", time, value: Math.random() }));
}

async function batchesOf(log: Log, after = 0, until = log.head, since?: number): Promise<Batch[]> {
  const batches = log.read(after, until, since === undefined ? {} : { since });
  return await Array.fromAsync(batches, copied);
}

/** The log may take the columns back. */
function copied({ ids, times, values, ...rest }: Batch): Batch {
  return { ...rest, ids: ids.slice(), times: times.slice(), values: values.slice() };
}

async function samplesIn(log: Log, after = 0, until = log.head): Promise<Sample[]> {
  return (await batchesOf(log, after, until)).flatMap((batch) => samplesOfBatch(log, batch));
}

function samplesOfBatch(log: Log, { ids, times, values }: Batch): Sample[] {
  return Array.from(ids, (id, at) => ({
    series: log.series.series(id),
    time: times[at]!,
    value: Number.isNaN(values[at]) ? null : values[at]!,
  }));
}

function isSame(a: Sample, b: Sample): boolean {
  return a.series === b.series && Object.is(a.time, b.time) && Object.is(a.value, b.value);
}

function offsetOf(batch: Batch): number {
  return batch.offset;
}
