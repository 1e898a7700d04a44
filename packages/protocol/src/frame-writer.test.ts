import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FrameReader } from "./frame-reader.ts";
import { FrameWriter, type WrittenSamples } from "./frame-writer.ts";
import type { Columns } from "./sample.ts";

type Told = ReadonlyMap<number, Columns>;

/** What a connection is sent, read back. */
class Connection {
  readonly #reader = new FrameReader();

  read(text: string): Told {
    const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, "m").exec(text)?.[1];
    const frame = this.#reader.read(field("event") ?? "message", field("data")!, field("id"));
    assert.ok(frame?.type === "samples");
    return frame.columns;
  }
}

function sorted(columns: Told): [number, Columns][] {
  return [...columns].filter(([, { times }]) => times.length > 0).sort(([a], [b]) => a - b);
}

/** One sample each of series 1, 2, 3, … */
function at(time: number, ...values: (number | null)[]): Told {
  return new Map(values.map((value, i) => [i + 1, { times: [time], values: [value] }]));
}

function written(frames: readonly Told[]): WrittenSamples[] {
  const writer = new FrameWriter("e");
  return frames.map((columns, i) => writer.write({ series: [], columns }, i, i + 1));
}

test("frame writer: a frame that goes on holds differences and little else", () => {
  const start = 1_700_000_000_000;
  const frames = written([at(start, 1.01, 2.02, 3.03), at(start + 1000, 0.99, 2.06, 3.15)]);
  assert.equal(frames[0]!.brief, undefined);
  assert.deepEqual(frames[1]!.brief, { text: "id:e-2\ndata:[1,1,1,1000,-2,4,12]\n\n", since: 1 });
});

test("frame writer: a value with fewer digits does not end a block", () => {
  const frames = written([at(0, 1.01, 2.02), at(1, 1.1, 2), at(2, 3, 4)]);
  assert.ok(frames[1]!.brief && frames[2]!.brief);
});

test("frame writer: machines that report by turns each go on with their own block", () => {
  const machine = (first: number, time: number) =>
    new Map([0, 1, 2].map((i) => [first + i, { times: [time], values: [i + time / 10] }]));
  const frames = written([machine(1, 1), machine(7, 2), machine(1, 3), machine(7, 4)]);
  assert.deepEqual(
    frames.map(({ brief }) => brief?.since),
    [undefined, undefined, 1, 2],
  );
});

test("frame writer: new series, new times and large frames stand for themselves", () => {
  const writer = new FrameWriter("e");
  writer.write({ series: [], columns: at(0, 1) }, 0, 1);
  const entry = { id: 2, series: "new" };
  assert.equal(writer.write({ series: [entry], columns: at(1, 2) }, 1, 2).brief, undefined);
  assert.equal(writer.write({ series: [], columns: at(2, 2, 3) }, 2, 3).brief, undefined);
  const many = Array.from({ length: 501 }, (_, i) => i);
  assert.equal(
    writer.write({ series: [], columns: new Map([[1, { times: many, values: many }]]) }, 3, 4)
      .brief,
    undefined,
  );
});

const value = fc.oneof(
  { weight: 60, arbitrary: fc.integer({ min: -1000, max: 1000 }).map((cents) => cents / 100) },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 3, arbitrary: fc.constantFrom(null, null, -0, 2 ** 52, -(2 ** 52), 5e-324, 0.1 + 0.2) },
);
const machine = fc.record({
  first: fc.integer({ min: 1, max: 3 }),
  step: fc.oneof(
    { weight: 30, arbitrary: fc.constant(1000) },
    fc.double({ min: -9, max: 9, noNaN: true }),
  ),
  rows: fc.array(fc.array(value, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 2 }),
});

const frames = fc.array(fc.array(machine, { maxLength: 3 }), { minLength: 10, maxLength: 30 });

test("frame writer: whoever joins anywhere reads every value, brief wherever it knows enough", () => {
  let briefs = 0;
  fc.assert(
    fc.property(frames, (plan) => {
      let now = 1_700_000_000_000;
      const told = plan.map((machines) => {
        const columns = new Map<number, Columns>();
        for (const { first, step, rows } of machines) {
          const times = rows.map(() => (now += step));
          for (let i = 0; i < 3; i++) {
            columns.set(first * 10 + i, { times, values: rows.map((row) => row[i]!) });
          }
        }
        return columns;
      });
      const all = written(told);
      for (let from = 0; from < all.length; from++) {
        const connection = new Connection();
        for (const [i, { whole, brief }] of all.entries()) {
          if (i < from) continue;
          const canGoOn = brief !== undefined && brief.since > from;
          if (canGoOn) briefs++;
          const read = connection.read(canGoOn ? brief.text : whole);
          assert.deepStrictEqual(sorted(read), sorted(told[i]!));
        }
      }
    }),
    { numRuns: 300 },
  );
  assert.ok(briefs > 1000, `${briefs} were brief`);
});

/** A frame of series from `first` on, of which each has the time as its value. */
function many(first: number, count: number, time: number): Told {
  return new Map(
    Array.from({ length: count }, (_, i) => [first + i, { times: [time], values: [time] }]),
  );
}

test("frame writer: what both sides keep is bounded, and both keep the same", () => {
  const turns: [string, () => Told[], (isBrief: boolean[]) => boolean][] = [
    [
      "64 machines",
      () => Array.from({ length: 64 }, (_, i) => many(1 + i, 1, i)),
      (b) => b.every(Boolean),
    ],
    [
      "65 machines",
      () => Array.from({ length: 65 }, (_, i) => many(1 + i, 1, i)),
      (b) => !b.some(Boolean),
    ],
    [
      "4,000 series",
      () => Array.from({ length: 8 }, (_, i) => many(1 + 500 * i, 500, i)),
      (b) => b.every(Boolean),
    ],
    [
      "4,001 series",
      () => [...Array.from({ length: 8 }, (_, i) => many(1 + 500 * i, 500, i)), many(9999, 1, 8)],
      (b) => !b.some(Boolean),
    ],
    [
      "a block too large",
      () => [many(1, 3, 0), many(1, 4001, 1), many(1, 3, 2)],
      (b) => !b[1] && !b[2],
    ],
  ];
  for (const [name, round, asWanted] of turns) {
    const frames = [...round(), ...round()];
    const connection = new Connection();
    const all = written(frames);
    for (const [i, { whole, brief }] of all.entries()) {
      assert.deepEqual(sorted(connection.read(brief?.text ?? whole)), sorted(frames[i]!), name);
    }
    assert.ok(asWanted(all.slice(frames.length / 2).map(({ brief }) => brief !== undefined)), name);
  }
});

test("frame reader: what came before the writer's first frame is no matter", () => {
  const frames = written(Array.from({ length: 128 }, (_, i) => many(1 + (i % 64), 1, i)));
  const connection = new Connection();
  for (const [i, { whole }] of written(
    Array.from({ length: 80 }, (_, n) => many(1 + n, 2 + (n % 3), n)),
  ).entries()) {
    connection.read(whole.replaceAll(/e-(\d+)/g, `old-${i}`));
  }
  for (const { whole, brief } of frames) connection.read(brief?.text ?? whole);
});

test("frame reader: a frame that goes on from one that did not come is refused, not guessed", () => {
  const frames = written([at(0, 1, 2), at(1, 2, 3), at(2, 3, 4), at(3, 4, 5)]);
  const connection = new Connection();
  connection.read(frames[0]!.whole);
  assert.throws(() => connection.read(frames[2]!.brief!.text), {
    code: "bad-input",
    message: /goes on from e-2, which did not come/,
  });
  assert.throws(() => connection.read(frames[3]!.brief!.text), { code: "bad-input" });
  assert.deepEqual(connection.read(frames[3]!.whole), at(3, 4, 5));
});

test("frame reader: a frame that goes on and is broken is told", () => {
  const frames = written([at(0, 1, 2), at(1, 2, 3)]);
  const good = frames[1]!.brief!.text;
  assert.match(good, /data:\[1,1,1,1,1,1\]/);
  const broken = ["[]", "[1,1]", "[1,1,1,1,1]", "[1,1,1,1,1,1,1]", "[1,9,1,1,1,1]", "[1,1,0,1,1]"];
  const odd = [
    "[1,1,1.5,1,1,1]",
    "[1,1,1,null,1,1]",
    "[0,1,1,1,1,1]",
    '[1,1,1,1,"1",1]',
    "[1,1,1e9,1]",
  ];
  for (const data of [...broken, ...odd, "{}", "7", "["]) {
    const connection = new Connection();
    connection.read(frames[0]!.whole);
    const event = good.replace(/data:.*/, `data:${data}`);
    assert.throws(() => connection.read(event), { code: "bad-input" }, data);
  }
});
