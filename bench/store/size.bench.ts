import path from "node:path";
import { type SetName, seriesOf, setNames } from "./data.ts";
import { printTable, ratio, scaled, text } from "./figures.ts";
import { type Influx, startInflux } from "./influxdb.ts";
import { day, Feeder, openOurs, sealedIn, theseSeries } from "./ours.ts";
import { makeBlocks } from "./prometheus.ts";
import { bytesIn, type Scratch, withScratch } from "./scratch.ts";

/*
 * Bytes on the disk for each sample: all of the file, which for us includes the buckets of a minute
 * and of an hour. A day of 20 series at one sample a second, of each data set; then the same for us
 * with times that are off by a few milliseconds, as they are in the field.
 *
 * Everybody is measured when everything is in the files for good: in chunks, or compacted.
 */
const series = 20;
const length = scaled(86_400, 4_000);
const jitterMs = 3;
// The beginning of a day, and of a shard of InfluxDB.
const start = Math.floor((Date.now() - 3 * day) / day) * day;

const make = (set: SetName) => seriesOf(set, series, length, start);

async function ours(scratch: Scratch, set: SetName, jitter = 0): Promise<number> {
  const dir = scratch.folder(`ours-${set}-${jitter}`);
  const opened = await openOurs(dir);
  const columns = [...seriesOf(set, series, length, start, jitter)];
  await new Feeder(opened, theseSeries(columns)).feed(series * length);
  // Puts everything into chunks, which is what is to be measured; the copy is not.
  await opened.store.backup(path.join(dir, "backup"));
  const { samples } = await sealedIn(opened);
  // Jitter may give two samples the same time, of which one stays.
  if (samples < 0.999 * series * length) throw new Error(`expected all samples, found ${samples}`);
  await opened.close();
  return bytesIn(dir, "history.db") / samples;
}

/** Resolves once all is written; what that resolves to, once all is compacted. */
async function influxdb(influx: Influx | undefined, set: SetName) {
  await influx?.create(set);
  await influx?.write(set, make(set));
  return { bytes: influx?.compactedBytes(set) };
}

async function prometheus(scratch: Scratch, set: SetName): Promise<number | undefined> {
  return (await makeBlocks(scratch, set, make(set)))?.bytes;
}

await withScratch(async (scratch) => {
  const influx = await startInflux(scratch, { compacting: true });
  const measured = [];
  for (const set of setNames) {
    // At the same time: nobody's speed is measured here.
    const all = [ours(scratch, set), ours(scratch, set, jitterMs)] as const;
    const [own, jittered, influxBytes, prometheusBytes] = await Promise.all([
      ...all,
      influxdb(influx, set),
      prometheus(scratch, set),
    ]);
    measured.push({ set, own, jittered, influxBytes, prometheusBytes });
  }
  const rows: string[][] = [];
  const each = (bytes: number | undefined) => bytes && bytes / (series * length);
  for (const { set, own, jittered, influxBytes, prometheusBytes } of measured) {
    const influxdb = each(await influxBytes.bytes);
    const prometheus = each(prometheusBytes);
    const theirs = [influxdb, prometheus].flatMap((size) => [text(size), ratio(size, own)]);
    rows.push([set, text(own), ...theirs, text(jittered)]);
  }
  await influx?.stop();
  const head = ["bytes/sample", "ours", "InfluxDB", "", "Prometheus", ""];
  printTable([...head, `ours, jitter ${jitterMs} ms`], rows);
});
