import type { Columns, SetName } from "./data.ts";
import { timesFrom, valuesOf } from "./data.ts";
import { median, printTable, ratio, scaled, text } from "./figures.ts";
import { startInflux } from "./influxdb.ts";
import { Feeder, type Ours, openOurs, theseSeries } from "./ours.ts";
import { makeBlocks, startPrometheus } from "./prometheus.ts";
import { type Scratch, withScratch } from "./scratch.ts";

/*
 * How long what a chart asks for takes, warm: everybody's files are in the page cache and the
 * question was asked before. Ours is asked on its thread, and answers with columns; InfluxDB and
 * Prometheus by HTTP, and answer with text, which is what they have. We and InfluxDB answer with all
 * of min, max, first, last, mean and count; Prometheus with max alone, since it has one at a time.
 */
const hour = 3_600_000;
const ownTimes = 31;
// They take seconds for some of it.
const rivalTimes = 3;
// So that finished hours and days are asked for, and within what Prometheus and InfluxDB keep.
const end = Math.floor(Date.now() / hour) * hour - hour;

type Read = {
  readonly name: string;
  readonly group: Group;
  /** How many of its series are asked for. */
  readonly series: number;
  readonly px: number;
  /** The width of the buckets that these pixels make. */
  readonly bucketS: number;
  readonly targetMs?: number;
  readonly rivals: boolean;
};

/** Series of one length and rate. Prometheus and InfluxDB get `forRivals` of them. */
class Group {
  readonly name: string;
  readonly set: SetName;
  readonly series: number;
  readonly forRivals: number;
  readonly stepMs: number;
  readonly length: number;

  constructor(
    name: string,
    set: SetName,
    counts: readonly [own: number, forRivals: number],
    steps: readonly [stepMs: number, length: number],
  ) {
    this.name = name;
    this.set = set;
    [this.series, this.forRivals] = counts;
    [this.stepMs, this.length] = steps;
  }

  get from(): number {
    return end - this.stepMs * this.length;
  }

  columns(count: number): Columns[] {
    const at = timesFrom(this.from, this.stepMs, this.length);
    return Array.from({ length: count }, (_, index) => ({
      series: `${this.name}${index}`,
      times: at,
      values: valuesOf(this.set, index, this.length),
    }));
  }
}

const short = new Group("short", "walk", [100, 100], [1000, 3600]);
const long = new Group("long", "cpu", [10, 1], [1000, scaled(30 * 86_400, 86_400)]);
const fast = new Group("fast", "noise", [1, 1], [1, scaled(3_600_000, 600_000)]);
const spanS = (group: Group) => (group.stepMs * group.length) / 1000;

const reads: Read[] = [
  {
    name: "1 series × 1 h",
    group: short,
    series: 1,
    px: 800,
    bucketS: 5,
    targetMs: 1,
    rivals: true,
  },
  { name: "100 × 1 h", group: short, series: 100, px: 800, bucketS: 5, targetMs: 20, rivals: true },
  {
    name: "10 × 30 d in hours",
    group: long,
    series: 10,
    px: spanS(long) / 3600,
    bucketS: 3600,
    targetMs: 2,
    rivals: false,
  },
  {
    name: "10 × 30 d in half hours",
    group: long,
    series: 10,
    px: spanS(long) / 1800,
    bucketS: 1800,
    targetMs: 50,
    rivals: false,
  },
  {
    name: "1 × 30 d in half hours",
    group: long,
    series: 1,
    px: spanS(long) / 1800,
    bucketS: 1800,
    rivals: true,
  },
  {
    name: "1 kHz × 1 h",
    group: fast,
    series: 1,
    px: spanS(fast) / 5,
    bucketS: 5,
    targetMs: 60,
    rivals: true,
  },
];

/** Of the first of several calls and of those after it, ms, and what the first answered. */
async function timed<T>(ask: () => Promise<T>, times: number) {
  const took: number[] = [];
  const next = async () => {
    const began = performance.now();
    const answer = await ask();
    took.push(performance.now() - began);
    return answer;
  };
  const answer = await next();
  while (took.length <= times) await next();
  const [first, ...warm] = took;
  return { answer, first: first!, warm: median(warm) };
}

async function readOurs({ log, store }: Ours, { group, series, px, bucketS }: Read) {
  const ids = Array.from({ length: series }, (_, i) => log.series.id(`${group.name}${i}`)!);
  const request = { ids, from: group.from, to: end - 1, px };
  const { answer, first, warm } = await timed(() => store.history(request), ownTimes);
  let samples = 0;
  for (const history of answer.series.values()) {
    if (history.kind !== "buckets" || history.bucketMs !== bucketS * 1000) {
      const found = JSON.stringify(history).slice(0, 100);
      throw new Error(`expected buckets of ${bucketS} s, found ${found}`);
    }
    for (const count of history.buckets.counts) samples += count;
  }
  // What is fast and wrong is worth nothing.
  if (samples !== series * group.length) throw new Error(`expected all samples, found ${samples}`);
  return { first, warm };
}

const wanted = (group: Group, series: number) =>
  Array.from({ length: series }, (_, i) => `${group.name}${i}`).join("|");

async function readInflux(scratch: Scratch): Promise<(read: Read) => Promise<number | undefined>> {
  const influx = await startInflux(scratch, { compacting: true });
  const groups = [short, long, fast];
  for (const { name } of groups) await influx?.create(name);
  for (const group of groups) await influx?.write(group.name, group.columns(group.forRivals));
  await Promise.all(groups.map(({ name }) => influx?.compactedBytes(name)));
  return async ({ group, series, bucketS }) => {
    if (!influx) return undefined;
    const all = "min(value),max(value),first(value),last(value),mean(value),count(value)";
    const where = `time >= ${group.from}ms AND time < ${end}ms AND s =~ /^(${wanted(group, series)})$/`;
    const query = `SELECT ${all} FROM m WHERE ${where} GROUP BY time(${bucketS}s), s`;
    return (await timed(() => influx.query(group.name, query), rivalTimes)).warm;
  };
}

async function readPrometheus(scratch: Scratch, group: Group) {
  const blocks = await makeBlocks(scratch, group.name, group.columns(group.forRivals));
  const prometheus = blocks && (await startPrometheus(scratch, blocks));
  return async ({ series, bucketS }: Read) => {
    if (!prometheus) return undefined;
    const query = `max_over_time(m{s=~"${wanted(group, series)}"}[${bucketS}s])`;
    const first = group.from + bucketS * 1000;
    return (await timed(() => prometheus.query(query, first, end, bucketS), rivalTimes)).warm;
  };
}

await withScratch(async (scratch) => {
  const ours = await openOurs(scratch.folder("ours"));
  for (const group of [long, fast, short]) {
    const columns = group.columns(group.series);
    await new Feeder(ours, theseSeries(columns)).feed(group.series * group.length);
  }
  // At the same time: how fast they are filled is not the question here.
  const [influx, ofShort, ofLong, ofFast] = await Promise.all([
    readInflux(scratch),
    readPrometheus(scratch, short),
    readPrometheus(scratch, long),
    readPrometheus(scratch, fast),
  ]);
  const prometheus = new Map([
    [short, ofShort],
    [long, ofLong],
    [fast, ofFast],
  ]);
  const rows: string[][] = [];
  for (const read of reads) {
    const { first, warm } = await readOurs(ours, read);
    const theirs = read.rivals ? await influx(read) : undefined;
    const max = read.rivals ? await prometheus.get(read.group)!(read) : undefined;
    rows.push([
      read.name,
      text(first),
      text(warm),
      read.targetMs === undefined ? "" : `≤ ${read.targetMs}`,
      text(theirs),
      ratio(theirs, warm),
      text(max),
      ratio(max, warm),
    ]);
  }
  const head = ["ms", "ours, first", "warm", "goal", "InfluxDB", "", "Prometheus, max", ""];
  printTable(head, rows);
  await ours.close();
});
