import { LineChart } from "echarts/charts";
import { GridComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { type Build, colors, counted } from "./setup.ts";

use([LineChart, GridComponent, CanvasRenderer]);

/** ECharts 6 with what makes it fast: no animation, its own thinning, one drawing in a frame. */
export const echarts: Build = (host, setup, tally) => {
  host.style.width = `${setup.width}px`;
  host.style.height = `${setup.height}px`;
  const chart = init(host, null, { width: setup.width, height: setup.height });
  const data: [number, number][][] = Array.from({ length: setup.series }, () => []);
  chart.setOption({
    animation: false,
    grid: { left: 40, right: 10, top: 10, bottom: 25 },
    xAxis: { type: "time" },
    yAxis: { type: "value", scale: true },
    series: data.map((points, i) => ({
      ...{ type: "line", showSymbol: false, silent: true, sampling: "minmax", data: points },
      lineStyle: { width: 1, color: colors[i % colors.length] },
    })),
  });
  let pending = false;
  return {
    take: ({ times, first, columns }) => {
      for (const [j, values] of columns.entries()) {
        for (const [i, time] of times.entries()) data[first + j]!.push([time, values[i]!]);
      }
      if (pending) return;
      pending = true;
      requestAnimationFrame(() => {
        pending = false;
        const to = data[0]!.at(-1)?.[0] ?? 0;
        for (const points of data) {
          const gone = points.findIndex(([time]) => time >= to - setup.spanMs);
          if (gone > 0) points.splice(0, gone);
        }
        counted(tally, () =>
          chart.setOption({
            xAxis: { min: to - setup.spanMs, max: to },
            series: data.map((points) => ({ data: points })),
          }),
        );
      });
    },
  };
};
