import type { Batch, Setup } from "./setup.ts";

/** Batches come from a worker's timer, one message each, as events of a stream do. */
export function feed(setup: Setup, take: (chart: number, batch: Batch) => void): Worker {
  const code = `(${work.toString()})(${JSON.stringify(setup)})`;
  const worker = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
  worker.onmessage = ({ data }: MessageEvent<{ chart: number; batch: Batch }>) =>
    take(data.chart, data.batch);
  return worker;
}

/** Runs in the worker, so it must not use anything from outside of itself. */
function work(setup: Setup): void {
  const { charts, series, hz, samples, apart } = setup;
  const started = Date.now();
  let sent = 0;
  const wave = (chart: number, one: number, time: number) =>
    50 +
    30 * Math.sin(time / (3000 + 400 * one) + chart) +
    6 * Math.sin(time / 170 + one * 7) +
    3 * Math.random();
  const columnsAt = (chart: number, first: number, count: number, times: readonly number[]) =>
    Array.from({ length: count }, (_, i) => times.map((time) => wave(chart, first + i, time)));
  setInterval(() => {
    const due = Math.floor(((Date.now() - started) * hz) / 1000);
    // A page that cannot keep up is told no more than a stream would tell it: all, but late.
    for (; sent < due; sent++) {
      const at = started + (sent * 1000) / hz;
      const times = Array.from({ length: samples }, (_, i) => at + (i * 1000) / hz / samples);
      for (let chart = 0; chart < charts; chart++) {
        const size = apart ? 1 : series;
        for (let first = 0; first < series; first += size) {
          const columns = columnsAt(chart, first, size, times);
          postMessage({ chart, batch: { times, first, columns } });
        }
      }
    }
  }, 4);
}

/** What the chart has had before it is watched: a whole window of it. */
export function past(setup: Setup, chart: number, now: number): Batch {
  const { series, hz, samples, spanMs } = setup;
  const step = 1000 / hz / samples;
  const count = Math.floor(spanMs / step);
  const times = Array.from({ length: count }, (_, i) => now - (count - i) * step);
  const columns = Array.from({ length: series }, (_, one) =>
    times.map((time) => 50 + 30 * Math.sin(time / (3000 + 400 * one) + chart) + 3 * noise(time)),
  );
  return { times, first: 0, columns };
}

// Cheap and without a state: a million of them are needed at once.
function noise(time: number): number {
  const x = Math.sin(time * 12.9898) * 43758.5453;
  return x - Math.floor(x);
}
