import { startChild } from "./child.ts";
import { valuesOf } from "./data.ts";
import { count, median, printTable, ratio, scaled, text } from "./figures.ts";
import { ask } from "./http.ts";
import { type Influx, startInflux } from "./influxdb.ts";
import { withScratch } from "./scratch.ts";
import type { ServerAnswer, ServerQuestion } from "./server-child.ts";

/*
 * Samples a second by HTTP, from one sender with four connections to one server on the same machine:
 * 100 hosts with 100 series each, posts of 10,000 samples, which are 100 seconds of one host.
 * Answered when they are on the disk: both sync before they answer, as they do by default.
 *
 * Bodies are made before. The wide forms say the names once a post (ours) or once a line; the
 * narrow ones say all about each sample, as most senders do.
 */
const hosts = 100;
const perHost = 100;
const perPost = 100;
const connections = 4;
const runs = 3;
const posts = scaled(200, 8);
const table = valuesOf("walk", 0, 2 ** 16);

/** One post: what `host` measured from a second on. */
type Body = (host: number, second: number) => string;

const seconds = Array.from({ length: perPost }, (_, i) => i);
const fields = Array.from({ length: perHost }, (_, i) => i);
const value = (host: number, field: number, second: number) =>
  table[(second + 127 * (host * perHost + field)) % table.length]!;

const csv: Body = (host, from) => {
  const names = fields.map((field) => `host${host}.f${field}`);
  const rows = seconds.map((i) => {
    const second = from + i;
    return `${second * 1000},${fields.map((field) => value(host, field, second)).join()}\n`;
  });
  return `time,${names.join()}\n${rows.join("")}`;
};

const objects: Body = (host, from) =>
  seconds
    .map((i) => {
      const second = from + i;
      const pairs = fields.map((field) => `"host${host}.f${field}":${value(host, field, second)}`);
      return `{"time":${second * 1000},${pairs.join()}}\n`;
    })
    .join("");

const wideLines: Body = (host, from) =>
  seconds
    .map((i) => {
      const second = from + i;
      const pairs = fields.map((field) => `f${field}=${value(host, field, second)}`);
      return `m,host=host${host} ${pairs.join()} ${second * 1000}\n`;
    })
    .join("");

const narrowLines: Body = (host, from) =>
  seconds
    .flatMap((i) =>
      fields.map((field) => {
        const second = from + i;
        return `m,host=host${host},f=f${field} value=${value(host, field, second)} ${second * 1000}\n`;
      }),
    )
    .join("");

let second = Math.floor(Date.now() / 1000) - 40_000;

/** Samples a second of one run. */
async function measure(url: string, body: Body): Promise<number> {
  const bodies = Array.from({ length: posts }, (_, post) => {
    const host = post % hosts;
    return Buffer.from(body(host, second + perPost * Math.floor(post / hosts)));
  });
  second += perPost * Math.ceil(posts / hosts);
  const began = performance.now();
  const sender = async () => {
    for (let next = bodies.pop(); next; next = bodies.pop()) await ask("POST", url, next);
  };
  await Promise.all(Array.from({ length: connections }, sender));
  return (posts * perHost * perPost * 1000) / (performance.now() - began);
}

type Contender = {
  readonly name: string;
  readonly url: string;
  readonly body: Body;
  readonly rates: number[];
};

async function rivals(influx: Influx | undefined): Promise<Contender[]> {
  if (!influx) return [];
  await influx.create("wide");
  await influx.create("narrow");
  const name = "InfluxDB, line protocol";
  const [wide, narrow] = [influx.writeUrl("wide"), influx.writeUrl("narrow")];
  return [
    { name: `${name}, 100 fields a line`, url: wide, body: wideLines, rates: [] },
    { name: `${name}, one sample a line`, url: narrow, body: narrowLines, rates: [] },
  ];
}

await withScratch(async (scratch) => {
  const server = startChild<ServerAnswer>(scratch, "server-child.ts");
  const question: ServerQuestion = { dir: scratch.folder("ours") };
  const url = `${(await server.ask(question)).url}/v1/samples`;
  const influx = await startInflux(scratch);
  const ours: Contender[] = [
    { name: "Plotcast, CSV, 100 columns", url, body: csv, rates: [] },
    { name: "Plotcast, NDJSON, 100 names a line", url, body: objects, rates: [] },
  ];
  const all = [...ours, ...(await rivals(influx))];
  // In turns, so that a bad minute of the machine is everybody's.
  for (let run = 0; run < runs; run++) {
    for (const { url, body, rates } of all) rates.push(await measure(url, body));
  }
  const { stallMs } = await server.ask({});
  await server.stop();
  await influx?.stop();

  const best = Math.max(...ours.map(({ rates }) => median(rates)));
  printTable(
    ["", "samples/s", "least", "most", "our best is"],
    all.map(({ name, rates }) => [
      name,
      count(median(rates)),
      count(Math.min(...rates)),
      count(Math.max(...rates)),
      ratio(best, median(rates)),
    ]),
  );
  console.log(`our serving thread stood still for at most ${text(stallMs, "ms")}`);
});
