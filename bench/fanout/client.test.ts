import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as elapsed } from "node:timers/promises";
import { constants, createGzip } from "node:zlib";
import {
  type Columns,
  encodeFrame,
  FrameReader,
  FrameWriter,
  formatPosition,
  type Recovery,
} from "../../packages/protocol/src/index.ts";
import { seededRandom } from "../../test/random.ts";
import type { Scratch } from "../store/scratch.ts";
import { eventText } from "./event-times.ts";
import { type Load, type LoadOptions, type Report, startLoad, type Target } from "./load.ts";
import { buildPrograms, onPath } from "./programs.ts";

// What measures has to be right before anything that it measures means something.

const skip = onPath("cc") === undefined && "there is no C compiler";
const skipGzip = skip || (!existsSync("/usr/include/zlib.h") && "there is no zlib.h");
let client = "";
let built = "";
before(() => {
  if (skip) return;
  built = mkdtempSync(path.join(tmpdir(), "plotcast-client-"));
  client = buildPrograms(built).client;
});
after(() => rmSync(built, { recursive: true, force: true }));

const epoch = "e1";
const position = (offset: number) => formatPosition(epoch, offset);

function columnsOf(first: number, count: number, time = 1_790_000_000_000): Map<number, Columns> {
  const times = Array.from({ length: count }, (_, i) => time + i);
  const values = Array.from({ length: count }, (_, i) => first + i + 0.37);
  return new Map([[1, { times, values }]]);
}

/** A frame of numbers in a row, from `first` on. */
function samples(offset: number, first: number, count = 1, time?: number): string {
  const rest = { prev: position(offset - 1), series: [], columns: columnsOf(first, count, time) };
  return encodeFrame({ type: "samples", ...rest }, position(offset));
}

function history(offset: number, first: number, count: number): string {
  const range = { from: 0, to: 1, bucketMs: 0, done: true };
  const columns = columnsOf(first, count);
  return encodeFrame({ type: "history", ...range, series: [], columns }, position(offset));
}

function hello(recovery: Recovery = "fresh"): string {
  const rest = { serverTime: 0, heartbeatMs: 15_000, series: [] };
  return encodeFrame({
    type: "hello",
    version: 1,
    epoch,
    position: position(0),
    recovery,
    ...rest,
  });
}

type Answer = (response: ServerResponse, request: IncomingMessage) => void;
type Options = LoadOptions & Partial<Target>;

const start: Scratch["start"] = (command, args, options = {}) => {
  const child = spawn(command, args, options);
  return { process: child, stop: async () => void child.kill() };
};

/** A server that answers viewers as it is told, and a load client that asks it. */
async function against(
  answer: Answer,
  run: (load: Load) => Promise<void>,
  options: Options = {},
): Promise<void> {
  const server = createServer((request, response) => {
    response.writeHead(200, {
      "Content-Type": "text/event-stream",
      ...(options.gzip ? { "Content-Encoding": "gzip" } : {}),
    });
    response.flushHeaders();
    answer(response, request);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const target = { port, path: "/", format: "frames" as const, ...options };
  const load = startLoad({ start }, client, target, { core: -1, ...options });
  try {
    await run(load);
  } finally {
    await load.stop();
    server.closeAllConnections();
    server.close();
  }
}

/** Asks for reports until one is as wanted. */
async function until(load: Load, wanted: (report: Report) => boolean): Promise<Report> {
  for (;;) {
    const report = await load.report();
    if (wanted(report)) return report;
    await elapsed(5);
  }
}

/** What one viewer reports who is sent these events after its history, which ends with number 3. */
async function reportOf(events: readonly string[], done: (report: Report) => boolean) {
  let report: Report | undefined;
  await against(
    (response) => response.write([hello(), history(1, 1, 3), ...events].join("")),
    async (load) => {
      assert.equal((await load.open(1)).served, 1);
      report = await until(load, done);
    },
  );
  return report!;
}

function randomColumns(random: () => number): Map<number, Columns> {
  const any = (most: number) => Math.floor(random() * most);
  const makers = [
    () => any(100_000) / 100,
    () => -any(1_000_000) / 1000,
    () => random() * 10 ** (any(40) - 20),
    () => any(2 ** 50),
    () => (random() < 0.3 ? null : any(1000) / 10),
    () => (random() < 0.2 ? -0 : 5e-324),
  ];
  const sharedTimes = Array.from(
    { length: 1 + any(20) },
    (_, i) => 1.79e12 + i * 1000 + any(9) / 1000,
  );
  const ids = Array.from({ length: 1 + any(30) }, (_, i) => i + 1).filter(() => random() < 0.8);
  return new Map(
    ids.map((id) => {
      const make = makers[any(makers.length)]!;
      const times = random() < 0.5 ? sharedTimes : sharedTimes.map((time) => time + random());
      return [id, { times, values: times.map(make) }];
    }),
  );
}

/** As the scanner prints them: blocks in their order, every number with all its digits. */
function linesOf(columns: ReadonlyMap<number, Columns>): string {
  const number = (value: number) => (Object.is(value, -0) ? "-0" : String(value));
  const lines = [...columns].flatMap(([id, { times, values }]) =>
    times.map((time, i) => `${id} ${time} ${values[i] === null ? "null" : number(values[i]!)}`),
  );
  return lines.join("\n");
}

/** Text of the scanner, its numbers as JavaScript writes them. */
function normalized(text: string): string {
  const number = (word: string) =>
    word === "null" ? word : Object.is(Number(word), -0) ? "-0" : String(Number(word));
  const lines = text.trimEnd().split("\n").filter(Boolean);
  return lines.map((line) => line.split(" ").map(number).join(" ")).join("\n");
}

test("load client: reads every number that the encoder writes, exactly", { skip }, () => {
  const random = seededRandom(4);
  for (let round = 0; round < 50; round++) {
    const frame = { prev: position(1), series: [], columns: randomColumns(random) };
    const event = encodeFrame({ type: "samples", ...frame }, position(2));
    const { stdout } = spawnSync(client, ["--decode"], { input: event, encoding: "utf8" });
    const read = new FrameReader().read("samples", /^data: (.*)$/m.exec(event)![1]!);
    assert.ok(read?.type === "samples");
    assert.equal(normalized(stdout), linesOf(read.columns));
  }
});

test("load client: reads frames that go on from those before", { skip }, () => {
  const random = seededRandom(5);
  const writer = new FrameWriter(epoch);
  let [input, brief] = ["", 0];
  const lines: string[] = [];
  for (let offset = 2; offset < 100; offset++) {
    const columns = new Map<number, Columns>();
    const first = 1 + 10 * (offset % 3);
    const times = [1.79e12 + offset * 1000, 1.79e12 + offset * 1000 + 0.5];
    for (let id = first; id < first + 5; id++) {
      const value = () => (random() < 0.05 ? null : Math.floor(random() * 20_000 - 10_000) / 100);
      columns.set(id, { times, values: [value(), value()] });
    }
    const written = writer.write({ series: [], columns }, offset - 1, offset);
    input += written.brief?.text ?? written.whole;
    if (written.brief) brief++;
    const read = new FrameReader().read("samples", /^data: (.*)$/m.exec(written.whole)![1]!);
    assert.ok(read?.type === "samples");
    lines.push(linesOf(read.columns));
  }
  assert.ok(brief > 30, `${brief} frames went on`);
  const { stdout } = spawnSync(client, ["--decode"], { input, encoding: "utf8" });
  assert.equal(normalized(stdout), lines.join("\n"));
});

test("load client: counts each sample of each viewer", { skip }, async () => {
  const frames = Array.from({ length: 20 }, (_, i) => samples(2 + i, 4 + 5 * i, 5));
  await against(
    (response) => response.write([hello(), history(1, 1, 3), ...frames].join("")),
    async (load) => {
      assert.equal((await load.open(30)).served, 30);
      const report = await until(load, ({ samples }) => samples >= 30 * 100);
      assert.equal(report.samples, 30 * 100);
      assert.equal(report.events, 30 * 20);
      assert.equal(report.history, 30 * 3);
      assert.deepEqual([report.missing, report.twice, report.skipped], [0, 0, 0]);
    },
  );
});

test("load client: an event that is cut anywhere is read whole", { skip }, async () => {
  const frames = Array.from({ length: 20 }, (_, i) => samples(2 + i, 4 + i));
  const text = Buffer.from([hello(), history(1, 1, 3), ...frames].join(""));
  const send = async (response: ServerResponse, step: number) => {
    for (let at = 0; at < text.length; at += step) {
      await new Promise((sent) => response.write(text.subarray(at, at + step), sent));
    }
  };
  let step = 0;
  await against(
    (response) => void send(response, 1 + (step++ % 7)),
    async (load) => {
      await load.open(7);
      const report = await until(load, ({ samples }) => samples >= 7 * 20);
      assert.deepEqual([report.samples, report.missing, report.broken], [7 * 20, 0, 0]);
    },
  );
});

test("load client: compressed streams are read as well", { skip: skipGzip }, async () => {
  const frames = Array.from({ length: 200 }, (_, i) => samples(2 + i, 4 + i));
  await against(
    async (response) => {
      const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH });
      gzip.pipe(response);
      gzip.write(hello() + history(1, 1, 3));
      for (const frame of frames) gzip.write(frame);
    },
    async (load) => {
      await load.open(5);
      const report = await until(load, ({ samples }) => samples >= 5 * 200);
      assert.deepEqual([report.samples, report.missing, report.broken], [5 * 200, 0, 0]);
      assert.equal(report.compressed, 5);
      assert.ok(report.wire_bytes < report.body_bytes);
    },
    { gzip: true },
  );
});

test("load client: a frame that does not come is missed, and its samples are", {
  skip,
}, async () => {
  const report = await reportOf(
    [samples(2, 4, 2), samples(4, 9, 2), samples(5, 11)],
    ({ events }) => events === 3,
  );
  assert.deepEqual([report.missing, report.twice, report.skipped], [3, 0, 1]);
});

test("load client: the first sample after the history is missed, too", { skip }, async () => {
  const report = await reportOf([samples(2, 5)], ({ events }) => events === 1);
  assert.deepEqual([report.missing, report.twice], [1, 0]);
});

test("load client: a sample that comes in two frames came twice", { skip }, async () => {
  const report = await reportOf([samples(2, 4, 2), samples(3, 5, 2)], ({ events }) => events === 2);
  assert.deepEqual([report.missing, report.twice], [0, 1]);
});

test("load client: a frame that is not newer is dropped, as viewers do", { skip }, async () => {
  const report = await reportOf(
    [samples(2, 4), samples(2, 4), samples(3, 5)],
    ({ events }) => events === 2,
  );
  assert.deepEqual([report.missing, report.twice, report.repeated], [0, 0, 1]);
});

test("load client: what changes places is neither missing nor twice", { skip }, async () => {
  const report = await reportOf(
    [samples(2, 104, 100), samples(3, 4, 100), samples(4, 204)],
    ({ events }) => events === 3,
  );
  assert.deepEqual([report.missing, report.twice], [0, 0]);
});

test("load client: many missing ones are all counted", { skip }, async () => {
  const report = await reportOf(
    [samples(2, 4), samples(3, 10_005), samples(4, 10_006)],
    ({ events }) => events === 3,
  );
  assert.deepEqual([report.missing, report.twice], [10_000, 0]);
});

test("load client: frames that it is told to forget are missed", { skip }, async () => {
  const frames = Array.from({ length: 100 }, (_, i) => samples(2 + i, 4 + i));
  await against(
    (response) => response.write([hello(), history(1, 1, 3), ...frames].join("")),
    async (load) => {
      await load.drop(10);
      await load.open(1);
      const report = await until(load, ({ events }) => events === 90);
      assert.equal(report.missing, 9); // the tenth was the last one
    },
  );
});

test("load client: what history tells instead is reduced and not missing", { skip }, async () => {
  const reduced = encodeFrame({
    type: "reduced",
    after: position(2),
    from: 0,
    to: 1,
    reason: "slow",
  });
  const report = await reportOf(
    [samples(2, 4), reduced, history(9, 50, 51), samples(10, 101)],
    ({ events }) => events === 2,
  );
  assert.deepEqual([report.missing, report.twice, report.reduced], [0, 0, 1]);
  assert.equal(report.reduced_samples, 96);
});

test("load client: a viewer that is cut comes back at its position", { skip }, async () => {
  const positions: (string | undefined)[] = [];
  await against(
    (response, request) => {
      positions.push(request.headers["last-event-id"] as string | undefined);
      if (positions.length > 1) {
        response.write(hello("exact") + samples(3, 5));
        return;
      }
      const whole = samples(3, 5);
      // The last event is cut off before its end: it never came.
      response.write(hello() + history(1, 1, 3) + samples(2, 4) + whole.slice(0, -1), () =>
        response.destroy(),
      );
    },
    async (load) => {
      await load.follow(true);
      await load.open(1);
      const report = await until(load, ({ events }) => events === 2);
      assert.deepEqual(positions, [undefined, "e1-2"]);
      assert.deepEqual([report.missing, report.twice, report.exact], [0, 0, 1]);
    },
  );
});

test("load client: latency is counted from the sample's time", { skip }, async () => {
  const now = Date.now();
  const frames = [samples(2, 4, 1, now - 10_000), samples(3, 5, 1, now - 20_000)];
  const viewers: ServerResponse[] = [];
  await against(
    (response) => {
      response.write(hello() + history(1, 1, 3));
      viewers.push(response);
    },
    async (load) => {
      await load.open(3);
      await load.window(now - 15_000, now);
      for (const viewer of viewers) viewer.write(frames.join(""));
      const { healthy } = await until(load, ({ events }) => events === 6);
      assert.equal(healthy.samples, 3); // the others are of another time
      assert.ok(healthy.p50 >= 10_000 && healthy.p50 < 20_000, `${healthy.p50}`);
      assert.ok(healthy.p99 >= healthy.p50 && healthy.max >= healthy.p99);
    },
  );
});

test("load client: a viewer that stalls reads on later", { skip }, async () => {
  const viewers: ServerResponse[] = [];
  await against(
    (response) => {
      response.write(hello() + history(1, 1, 3));
      viewers.push(response);
    },
    async (load) => {
      await load.open(4);
      await load.stall(0.5, 0.2);
      for (const viewer of viewers) viewer.write(samples(2, 4));
      const first = await until(load, ({ events }) => events > 0);
      assert.ok(first.events <= 2);
      const { missing, stalled } = await until(load, ({ events }) => events === 4);
      assert.deepEqual([missing, stalled.viewers, stalled.live], [0, 2, 2]);
    },
  );
});

test("load client: a storm comes again and again, each with the whole history", {
  skip,
}, async () => {
  let came = 0;
  await against(
    (response) => {
      came++;
      response.on("error", () => {});
      response.write(hello() + history(1, 1, 100));
    },
    async (load) => {
      const storm = await load.storm(0.3, 4);
      assert.ok(storm.connects > 4 && storm.connects <= came, `${storm.connects} of ${came}`);
      assert.deepEqual([storm.leastHistory, storm.mostHistory, storm.failed], [100, 100, 0]);
    },
  );
});

test("load client: events of others are read", { skip }, async () => {
  const texts = Array.from({ length: 50 }, (_, row) => {
    const id = row % 2 === 0 ? `id: ${row}\n` : "";
    return `${id}data:${eventText(row, Date.now() * 1000)}\n\n`;
  });
  await against(
    (response) => response.write([...texts.slice(0, 20), ...texts.slice(22)].join("")),
    async (load) => {
      await load.open(10);
      const report = await until(load, ({ samples }) => samples === 10 * 48);
      assert.deepEqual([report.missing, report.twice], [10 * 2, 0]);
    },
    { format: "plain", enough: 48 },
  );
});
