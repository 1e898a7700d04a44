import { once } from "node:events";
import { createWriteStream, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { finished } from "node:stream/promises";
import { findTool } from "../../scripts/system-tools.js";
import type { Columns } from "./data.ts";
import { sayOnce } from "./figures.ts";
import { answering, ask, freePort } from "./http.ts";
import { bytesIn, type Scratch } from "./scratch.ts";

/** Blocks made by `promtool`, each as compact as Prometheus ever makes them. */
export type PrometheusBlocks = { readonly dir: string; readonly bytes: number };

export type Prometheus = {
  readonly query: (query: string, from: number, to: number, stepS: number) => Promise<Buffer>;
  readonly stop: () => Promise<void>;
};

/** Undefined, and said so, where Prometheus is not installed. */
export async function makeBlocks(
  scratch: Scratch,
  name: string,
  series: Iterable<Columns>,
): Promise<PrometheusBlocks | undefined> {
  const promtool = findTool("promtool");
  if (promtool === undefined) {
    sayOnce("Prometheus: not measured, there is no promtool");
    return undefined;
  }
  const dir = scratch.folder(`prometheus-${name}`);
  const file = `${dir}.txt`;
  await writeOpenMetrics(file, series);
  // One block for up to a month, which is what a year of retention allows: fewer indexes than the
  // blocks of two hours that it starts with.
  const args = ["tsdb", "create-blocks-from", "openmetrics", "--quiet"];
  const child = scratch.start(promtool, [...args, "--max-block-duration=744h", file, dir]);
  const [code] = await once(child.process, "exit");
  if (code !== 0) throw new Error(`promtool ended with ${code}`);
  rmSync(file);
  return { dir, bytes: bytesIn(dir) };
}

async function writeOpenMetrics(file: string, series: Iterable<Columns>): Promise<void> {
  const out = createWriteStream(file, { highWaterMark: 2 ** 20 });
  let text: string[] = [];
  for (const { series: name, times, values } of series) {
    for (let i = 0; i < times.length; i++) {
      text.push(`m{s="${name}"} ${values[i]} ${times[i]! / 1000}\n`);
      if (text.length < 10_000) continue;
      if (!out.write(text.join(""))) await once(out, "drain");
      text = [];
    }
  }
  out.end(`${text.join("")}# EOF\n`);
  await finished(out);
}

/** Starts Prometheus on blocks, with its own settings but for a retention that keeps them. */
export async function startPrometheus(
  scratch: Scratch,
  { dir }: PrometheusBlocks,
): Promise<Prometheus | undefined> {
  const program = findTool("prometheus");
  if (program === undefined) {
    sayOnce("Prometheus: not measured, there is no prometheus");
    return undefined;
  }
  const config = path.join(dir, "prometheus.yml");
  writeFileSync(config, "");
  const port = await freePort();
  const child = scratch.start(program, [
    `--config.file=${config}`,
    `--storage.tsdb.path=${dir}`,
    "--storage.tsdb.retention.time=100y",
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
  const url = `http://127.0.0.1:${port}`;
  await answering(`${url}/-/ready`);
  return {
    query: (query, from, to, stepS) => {
      const range = { start: String(from / 1000), end: String(to / 1000), step: String(stepS) };
      return ask("GET", `${url}/api/v1/query_range?${new URLSearchParams({ query, ...range })}`);
    },
    stop: child.stop,
  };
}
