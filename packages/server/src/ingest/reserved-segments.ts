/** First parts of a path that are ours or will be, so no series can begin with them. */
export const reservedSegments: readonly string[] = [
  "v1",
  "chart-data",
  "live-chart.js",
  "assets",
  "metrics",
  "healthz",
  "readyz",
  "api",
  "write",
];
