import type { Durations } from "../hub/counters.ts";

// Metrics are plain data, in the shape in which prom-client hands its own from process to process. So
// the work is counted in plain numbers, any process can send what it has, and prom-client, which
// takes 70 ms and 14 MB to load, is loaded by those who are really asked for text.

/** One metric and its values. It can be sent to another process. */
export type Metric = {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  /** What is made of the values of several processes. */
  readonly aggregator: "sum" | "max" | "min";
  readonly values: readonly MetricValue[];
};

export type MetricValue = {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  /** For the parts of a histogram. */
  readonly metricName?: string;
};

/** What only grows. */
export function counter(name: string, help: string, value: number): Metric {
  return { name, help, type: "counter", aggregator: "sum", values: [{ value, labels: {} }] };
}

/** What only grows, by the kind of it. */
export function counters(
  name: string,
  help: string,
  label: string,
  byKind: Readonly<Record<string, number>>,
): Metric {
  const values = Object.entries(byKind).map(([kind, value]) => ({
    value,
    labels: { [label]: kind },
  }));
  return { name, help, type: "counter", aggregator: "sum", values };
}

/** What is now. */
export function gauge(
  name: string,
  help: string,
  aggregator: Metric["aggregator"],
  value: number,
): Metric {
  return { name, help, type: "gauge", aggregator, values: [{ value, labels: {} }] };
}

/** How often what took how long. */
export function histogram(name: string, help: string, durations: Durations): Metric {
  const { bounds, counts, sum } = durations;
  const values: MetricValue[] = [];
  let count = 0;
  for (const [bucket, inIt] of counts.entries()) {
    count += inIt;
    const le = bounds[bucket] ?? "+Inf";
    values.push({ value: count, labels: { le }, metricName: `${name}_bucket` });
  }
  values.push({ value: sum, labels: {}, metricName: `${name}_sum` });
  values.push({ value: count, labels: {}, metricName: `${name}_count` });
  return { name, help, type: "histogram", aggregator: "sum", values };
}

/** The metrics of one or several processes as Prometheus reads them. */
export async function exposition(
  processes: readonly (readonly Metric[])[],
): Promise<{ text: string; contentType: string }> {
  const { AggregatorRegistry } = await import("prom-client");
  const all = AggregatorRegistry.aggregate(processes.map((metrics) => [...metrics]));
  return { text: await all.metrics(), contentType: all.contentType };
}
