import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Metric } from "./metric.ts";

// It looks so often, and what it measures contains the pause between two looks.
const resolutionMs = 20;
const percentiles = { p50: 50, p99: 99, max: 100 };

/** Node's own `monitorEventLoopDelay`, as far as it is needed. */
export type Monitor = (options: { resolution: number }) => {
  readonly count: number;
  enable(): unknown;
  disable(): unknown;
  reset(): void;
  /** In nanoseconds. */
  percentile(percentile: number): number;
};

/**
 * How late the event loop was, since it was last asked. It begins with the first question: looking
 * costs half a percent of a core, which nobody pays who never asks.
 */
export class EventLoopDelay {
  readonly #monitor: Monitor;
  #delays: ReturnType<Monitor> | undefined;

  constructor(monitor: Monitor = monitorEventLoopDelay) {
    this.#monitor = monitor;
  }

  metric(): Metric {
    this.#delays ??= this.#begin();
    const delays = this.#delays;
    const values = Object.entries(percentiles).map(([at, percentile]) => ({
      labels: { at },
      value: delays.count === 0 ? 0 : seconds(delays.percentile(percentile)),
    }));
    delays.reset();
    const name = "plotcast_event_loop_delay_seconds";
    const help = "How late the event loop was since the last scrape";
    return { name, help, type: "gauge", aggregator: "max", values };
  }

  close(): void {
    this.#delays?.disable();
  }

  #begin(): ReturnType<Monitor> {
    const delays = this.#monitor({ resolution: resolutionMs });
    delays.enable();
    return delays;
  }
}

function seconds(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e9 - resolutionMs / 1000);
}
