import uPlot from "uplot";
import { type Batch, type Build, colors, counted, type Setup } from "./setup.ts";

/** uPlot as its streaming demos have it: arrays, and `setData` for each message. */
export const naive: Build = (host, setup, tally) => {
  const plot = create(host, setup);
  const data = emptyData(setup);
  plot.setData(data as unknown as uPlot.AlignedData);
  plot.hooks.draw = [() => void tally.draws++];
  return {
    take: (batch) => {
      append(data, batch);
      drop(data, setup);
      plot.setData(data as unknown as uPlot.AlignedData);
    },
  };
};

/** The same, drawn at most once in a frame. */
export const coalesced: Build = (host, setup, tally) => {
  const plot = create(host, setup);
  const data = emptyData(setup);
  let pending = false;
  return {
    take: (batch) => {
      append(data, batch);
      if (pending) return;
      pending = true;
      requestAnimationFrame(() => {
        pending = false;
        drop(data, setup);
        counted(tally, () => plot.batch(() => plot.setData(data as unknown as uPlot.AlignedData)));
      });
    },
  };
};

function create(host: HTMLElement, { width, height, series }: Setup): uPlot {
  const lines = Array.from({ length: series }, (_, i) => ({
    label: `s${i}`,
    stroke: colors[i % colors.length]!,
    width: 1,
    points: { show: false },
  }));
  const options = { width, height, series: [{}, ...lines] };
  return new uPlot(
    { ...options, legend: { show: false }, cursor: { show: false } },
    [[], ...lines.map(() => [])],
    host,
  );
}

type Data = (number | null)[][];

function emptyData({ series }: Setup): Data {
  return Array.from({ length: series + 1 }, () => []);
}

function append(data: Data, { times, first, columns }: Batch): void {
  const [x] = data;
  for (const [i, time] of times.entries()) {
    // A message of one series finds the row of another one's at its time.
    if (x!.at(-1) !== undefined && x!.at(-1)! >= time / 1000) {
      const row = x!.lastIndexOf(time / 1000);
      for (const [j, values] of columns.entries()) data[first + j + 1]![row] = values[i]!;
      continue;
    }
    x!.push(time / 1000);
    for (let j = 1; j < data.length; j++) data[j]!.push(columns[j - 1 - first]?.[i] ?? null);
  }
}

function drop(data: Data, { spanMs }: Setup): void {
  const from = data[0]!.at(-1)! - spanMs / 1000;
  const gone = data[0]!.findIndex((time) => time! >= from);
  if (gone > 0) for (const column of data) column.splice(0, gone);
}
