import { readdir } from "node:fs/promises";
import { openFilesLimit } from "./fd-limit.ts";
import { counter, gauge, type Metric } from "./metric.ts";

/**
 * What Prometheus expects to know of any process. Of the descriptors of several processes that is the
 * most that one has open and the least that one may: it is each for itself that runs out.
 */
export async function processMetrics(): Promise<Metric[]> {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, external } = process.memoryUsage();
  const began = Date.now() / 1000 - process.uptime();
  const limit = openFilesLimit();
  const open = await openFiles();
  return [
    counter("process_cpu_seconds_total", "Processor time, of all threads", (user + system) / 1e6),
    gauge("process_start_time_seconds", "Unix time of the start", "min", began),
    gauge("process_resident_memory_bytes", "Memory in use", "sum", rss),
    gauge("nodejs_heap_size_used_bytes", "JavaScript heap in use", "sum", heapUsed),
    gauge("nodejs_external_memory_bytes", "Buffers outside of the heap", "sum", external),
    ...(open === undefined ? [] : [gauge("process_open_fds", "Files and sockets", "max", open)]),
    ...(limit === undefined ? [] : [gauge("process_max_fds", "Most of them", "min", limit)]),
  ];
}

async function openFiles(): Promise<number | undefined> {
  try {
    // Less the one that is open for reading this.
    return (await readdir("/proc/self/fd")).length - 1;
  } catch {
    return undefined;
  }
}
