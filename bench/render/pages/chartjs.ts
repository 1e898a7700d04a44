import {
  CategoryScale,
  Chart,
  Decimation,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
} from "chart.js";
import { type Build, colors, counted } from "./setup.ts";

Chart.register(LineController, LineElement, PointElement, LinearScale, CategoryScale, Decimation);

type Point = { x: number; y: number };

/** Chart.js 4 as its guide to performance says: parsed data, no animation, one update in a frame. */
export const chartjs: Build = (host, setup, tally) => {
  const canvas = document.createElement("canvas");
  host.style.width = `${setup.width}px`;
  host.style.height = `${setup.height}px`;
  host.append(canvas);
  const data: Point[][] = Array.from({ length: setup.series }, () => []);
  const chart = new Chart(canvas, {
    type: "line",
    data: {
      datasets: data.map((points, i) => ({
        data: points,
        borderColor: colors[i % colors.length]!,
        borderWidth: 1,
        pointRadius: 0,
      })),
    },
    options: {
      ...{ animation: false, parsing: false, normalized: true, maintainAspectRatio: false },
      scales: { x: { type: "linear" }, y: { type: "linear" } },
      plugins: { decimation: { enabled: setup.spanMs * setup.hz * setup.samples > 5e6 } },
      events: [],
    },
  });
  let pending = false;
  return {
    take: ({ times, first, columns }) => {
      for (const [j, values] of columns.entries()) {
        for (const [i, time] of times.entries()) data[first + j]!.push({ x: time, y: values[i]! });
      }
      if (pending) return;
      pending = true;
      requestAnimationFrame(() => {
        pending = false;
        const to = data[0]!.at(-1)?.x ?? 0;
        for (const [i, points] of data.entries()) {
          const gone = points.findIndex(({ x }) => x >= to - setup.spanMs);
          if (gone > 0) points.splice(0, gone);
          // Thinning looks at the data only when they are another array.
          chart.data.datasets[i]!.data = chart.options.plugins?.decimation?.enabled
            ? [...points]
            : points;
        }
        const scale = chart.options.scales!.x!;
        scale.min = to - setup.spanMs;
        scale.max = to;
        counted(tally, () => chart.update("none"));
      });
    },
  };
};
