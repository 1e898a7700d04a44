import { monitorEventLoopDelay } from "node:perf_hooks";
import { setInterval } from "node:timers/promises";
import { defaultOptions, findAssetDirs, startServer } from "plotcast";

const off = new AbortController();
process.once("SIGINT", () => off.abort());

const server = await startServer({
  ...defaultOptions,
  port: 8092,
  assetDirs: findAssetDirs(),
  logLevel: "warn",
});
console.log(`open ${server.url}`);

const resolution = 10;
const loop = monitorEventLoopDelay({ resolution });
loop.enable();

try {
  for await (const _ of setInterval(1000, undefined, { signal: off.signal })) {
    const time = Date.now();
    // What is measured are the pauses between two looks, which are at least the resolution.
    const delay = Math.max(0, loop.max / 1e6 - resolution);
    const heap = process.memoryUsage().heapUsed / 1e6;
    loop.reset();
    await server.append([
      { series: "app.loop_delay_ms", time, value: delay },
      { series: "app.heap_mb", time, value: heap },
    ]);
  }
} catch (error) {
  if (!off.signal.aborted) throw error;
} finally {
  await server.close();
}
