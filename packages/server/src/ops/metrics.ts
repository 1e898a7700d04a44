import { Hono } from "hono";
import type { HubCounters } from "../hub/counters.ts";
import type { Log } from "../log/log.ts";
import type { Store } from "../store/store.ts";
import { EventLoopDelay } from "./event-loop.ts";
import { counter, counters, exposition, gauge, histogram, type Metric } from "./metric.ts";
import { type Later, patient } from "./patient.ts";
import { processMetrics } from "./process-metrics.ts";

/** What a process has of the server: one has all, of several each has one of the two. */
export type MetricsSources = {
  readonly hub?: {
    readonly counters: HubCounters;
    /** By how much the viewer that is furthest behind is. Asked at a scrape only. */
    readonly lagMs: () => number;
  };
  readonly backend?: {
    readonly log: Pick<Log, "head" | "oldest" | "follow">;
    readonly store: Pick<Store, "applied" | "stats">;
  };
};

// Prometheus gives up after ten seconds; without the store there is still a lot to tell.
const storeMs = 2_000;

/** What one process can tell of itself at any moment. */
export class Metrics {
  readonly #sources: MetricsSources;
  readonly #loop = new EventLoopDelay();
  readonly #storeStats: (() => ReturnType<typeof storeMetrics>) | undefined;
  readonly #taken = { batches: 0, samples: 0 };

  /** Counts what is appended to the log until the signal. */
  constructor(sources: MetricsSources, signal: AbortSignal, later?: Later) {
    this.#sources = sources;
    const { backend } = sources;
    if (backend) {
      const { log, store } = backend;
      const asked = patient(() => store.stats(), storeMs, later);
      this.#storeStats = () => storeMetrics(store, asked);
      const taken = this.#taken;
      log.follow(({ ids }) => {
        taken.batches++;
        taken.samples += ids.length;
      }, signal);
    }
    signal.addEventListener("abort", () => this.#loop.close(), { once: true });
  }

  /** Plain data, for this process or to be sent to another. Never rejects. */
  async json(): Promise<Metric[]> {
    const { hub, backend } = this.#sources;
    return [
      ...(hub ? hubMetrics(hub.counters, hub.lagMs()) : []),
      ...(backend ? this.#logMetrics(backend.log) : []),
      ...((await this.#storeStats?.()) ?? []),
      this.#loop.metric(),
      ...(await processMetrics()),
    ];
  }

  #logMetrics({ head, oldest }: Pick<Log, "head" | "oldest">): Metric[] {
    const { samples, batches } = this.#taken;
    return [
      counter("plotcast_samples_total", "Samples taken into the log", samples),
      counter("plotcast_batches_total", "Batches they came in, one commit each", batches),
      gauge("plotcast_log_head", "Offset of the newest batch", "max", head),
      gauge("plotcast_log_oldest", "Offset of the oldest batch that is held", "max", oldest),
    ];
  }
}

function hubMetrics(c: HubCounters, lagMs: number): Metric[] {
  return [
    gauge("plotcast_viewers", "Streams that are open", "sum", c.viewers),
    gauge(
      "plotcast_viewers_behind",
      "Viewers that wait, or are waited for",
      "sum",
      c.viewersBehind,
    ),
    gauge("plotcast_groups", "Distinct selections, in each process", "sum", c.groups),
    gauge("plotcast_viewer_lag_seconds", "Lag of the slowest viewer", "max", lagMs / 1000),
    counter("plotcast_connects_total", "Streams that were begun", c.connects),
    counter("plotcast_deliveries_total", "Frames, once for each viewer", c.deliveries),
    counter("plotcast_raw_bytes_total", "Bytes of events before compression", c.rawBytes),
    counter("plotcast_sent_bytes_total", "Bytes of events as they were sent", c.sentBytes),
    counter("plotcast_frames_skipped_total", "Frames held back from full viewers", c.framesSkipped),
    counter("plotcast_reductions_total", "Stretches told as reduced", c.reductions),
    counter("plotcast_store_reads_total", "Histories read for viewers", c.storeReads),
    counters(
      "plotcast_recoveries_total",
      "How viewers began, by what hello told them",
      "recovery",
      c.recoveries,
    ),
    counters("plotcast_viewers_cut_total", "Streams that were ended by us", "reason", c.cuts),
    counters("plotcast_refusals_total", "Viewers that were sent away", "reason", c.refusals),
    counter(
      "plotcast_connections_dropped_total",
      "Connections closed unheard, since there were too many",
      c.droppedConnections,
    ),
    histogram("plotcast_pass_seconds", "Time of a pass over all viewers", c.passes),
  ];
}

/** Of a store that cannot answer there is nothing to tell: that its metrics are missing tells it. */
async function storeMetrics(
  store: Pick<Store, "applied">,
  asked: () => Promise<Awaited<ReturnType<Store["stats"]>> | undefined>,
): Promise<Metric[]> {
  const stats = await asked().catch(() => undefined);
  if (!stats) return [];
  const { unsealed, bytes, series, outside } = stats;
  return [
    gauge("plotcast_series", "Series that are known", "max", series),
    gauge("plotcast_store_applied", "Offset up to which chunks have all", "max", store.applied),
    gauge("plotcast_store_unsealed_samples", "Samples in no chunk yet", "max", unsealed),
    gauge("plotcast_store_bytes", "Size of the history on disk", "max", bytes),
    counter("plotcast_store_outside_total", "Samples dropped as older than is kept", outside),
  ];
}

export type MetricsRoutes = {
  readonly own: Metrics;
  /** What the other processes tell, `json()` each. Rejects if one is missing: its counts would be. */
  readonly gather?: () => Promise<readonly (readonly Metric[])[]>;
};

/** `GET /metrics`, as Prometheus reads it. Whoever may read may read it: the guard comes before. */
export function metricsRoutes({ own, gather = async () => [] }: MetricsRoutes): Hono {
  const app = new Hono();
  // One at a time, however many ask: it must not be a way of keeping the server busy.
  let scrape: ReturnType<typeof exposition> | undefined;
  app.get("/metrics", async (c) => {
    scrape ??= Promise.all([own.json(), gather()])
      .then(([mine, others]) => exposition([mine, ...others]))
      .finally(() => {
        scrape = undefined;
      });
    const { text, contentType } = await scrape;
    return c.body(text, 200, { "Content-Type": contentType, "Cache-Control": "no-store" });
  });
  return app;
}
