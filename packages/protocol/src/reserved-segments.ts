/**
 * First parts of a path that are the server's, or will be: no series can be posted to such a path,
 * and its page has another address.
 */
export const reservedSegments: ReadonlySet<string> = new Set([
  "v1",
  "chart-data",
  "live-chart.js",
  "live-chart",
  "assets",
  "metrics",
  "healthz",
  "readyz",
  "api",
  "write",
]);
