import { type Build, colors } from "./setup.ts";

type OldChart = {
  readonly data: { labels: string[]; datasets: { data: number[] }[] };
  readonly update: () => void;
};
declare const Chart: new (context: CanvasRenderingContext2D, config: unknown) => OldChart;

/**
 * The page that most people begin with: Chart.js 2, a category axis, `push` and `shift`, and the
 * animation that is the default. Labels are times as text; there are as many as fit the window.
 */
export const tutorial: Build = async (host, setup, tally) => {
  const script = document.createElement("script");
  script.src = "/chart-2.js";
  await new Promise((resolve, reject) => {
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
  const canvas = document.createElement("canvas");
  canvas.width = setup.width;
  canvas.height = setup.height;
  host.append(canvas);
  const most = Math.floor((setup.spanMs / 1000) * setup.hz * setup.samples);
  const chart = new Chart(canvas.getContext("2d")!, {
    type: "line",
    data: {
      labels: [],
      datasets: Array.from({ length: setup.series }, (_, i) => ({
        label: `s${i}`,
        borderColor: colors[i % colors.length],
        data: [],
        fill: false,
      })),
    },
    options: { responsive: false },
  });
  return {
    take: ({ times, columns }) => {
      for (const [i, time] of times.entries()) {
        const { labels, datasets } = chart.data;
        if (labels.length >= most) {
          labels.shift();
          for (const { data } of datasets) data.shift();
        }
        labels.push(new Date(time).toISOString().slice(0, 19).replace("T", " "));
        for (const [j, { data }] of datasets.entries()) data.push(columns[j]![i]!);
      }
      tally.draws++;
      chart.update();
    },
  };
};
