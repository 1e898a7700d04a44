import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { HubCounters } from "../hub/counters.ts";
import type { Batch } from "../log/log.ts";
import type { StoreStats } from "../store/store.ts";
import { scrape } from "./fake-scraper.ts";
import type { Metric } from "./metric.ts";
import { Metrics, metricsRoutes } from "./metrics.ts";

/** A hub of which everything is another number. */
function busyHub(lagMs = 1500) {
  const counters = new HubCounters();
  let next = 1;
  const fill = (record: object) => {
    for (const [key, value] of Object.entries(record)) {
      if (typeof value === "number") Object.assign(record, { [key]: next++ });
    }
  };
  for (const record of [counters, counters.recoveries, counters.cuts, counters.refusals])
    fill(record);
  return { counters, lagMs: () => lagMs };
}

async function scraped(routes: ReturnType<typeof metricsRoutes>) {
  const response = await routes.request("/metrics");
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  assert.equal(response.headers.get("cache-control"), "no-store");
  const families = scrape(await response.text());
  const value = (key: string) => families.get(key.replace(/\{.*/, ""))?.samples.get(key);
  return { families, value };
}

function hubOnly(t: TestContext, hub = busyHub()): Metrics {
  return new Metrics({ hub }, t.signal);
}

test("metrics: every number of the hub is told once, under its name", async (t) => {
  const hub = busyHub();
  hub.counters.passed(0.004);
  hub.counters.passed(0.005);
  hub.counters.passed(0.0051);
  hub.counters.passed(7);
  const { families, value } = await scraped(metricsRoutes({ own: hubOnly(t, hub) }));
  const c = hub.counters;
  assert.equal(value("plotcast_viewers"), c.viewers);
  assert.equal(value("plotcast_viewers_behind"), c.viewersBehind);
  assert.equal(value("plotcast_groups"), c.groups);
  assert.equal(value("plotcast_viewer_lag_seconds"), 1.5);
  assert.equal(value("plotcast_connects_total"), c.connects);
  assert.equal(value("plotcast_deliveries_total"), c.deliveries);
  assert.equal(value("plotcast_raw_bytes_total"), c.rawBytes);
  assert.equal(value("plotcast_sent_bytes_total"), c.sentBytes);
  assert.equal(value("plotcast_frames_skipped_total"), c.framesSkipped);
  assert.equal(value("plotcast_reductions_total"), c.reductions);
  assert.equal(value("plotcast_connections_dropped_total"), c.droppedConnections);
  assert.equal(value('plotcast_recoveries_total{recovery="reduced"}'), c.recoveries.reduced);
  assert.equal(value('plotcast_viewers_cut_total{reason="stalled"}'), c.cuts.stalled);
  assert.equal(value('plotcast_refusals_total{reason="address"}'), c.refusals.address);
  assert.equal(families.get("plotcast_recoveries_total")?.samples.size, 4);
  assert.deepEqual([...(families.get("plotcast_pass_seconds")?.samples ?? [])].slice(1, 4), [
    ['plotcast_pass_seconds_bucket{le="0.0025"}', 0],
    ['plotcast_pass_seconds_bucket{le="0.005"}', 2],
    ['plotcast_pass_seconds_bucket{le="0.01"}', 3],
  ]);
  assert.equal(value("plotcast_pass_seconds_count"), undefined);
  const passes = families.get("plotcast_pass_seconds")?.samples;
  assert.equal(passes?.get("plotcast_pass_seconds_count"), 4);
  assert.ok(Math.abs((passes?.get("plotcast_pass_seconds_sum") ?? 0) - 7.0141) < 1e-9);
});

test("metrics: the process tells of itself what Prometheus expects", async (t) => {
  const { value } = await scraped(metricsRoutes({ own: hubOnly(t) }));
  assert.ok((value("process_cpu_seconds_total") ?? 0) > 0);
  assert.ok((value("process_resident_memory_bytes") ?? 0) > 10e6);
  const began = value("process_start_time_seconds") ?? 0;
  assert.ok(Math.abs(Date.now() / 1000 - process.uptime() - began) < 1);
  if (process.platform !== "linux") return;
  assert.ok((value("process_open_fds") ?? 0) >= 3);
  assert.ok((value("process_max_fds") ?? 0) > (value("process_open_fds") ?? 0));
});

const stats: StoreStats = {
  ...{ series: 20, unsealed: 300, tiers: [], bytes: 4_096, oldest: undefined, outside: 5 },
};

const forever = () => new Promise<void>(() => {});

/** A log and a store that are where the test puts them. */
function backend(t: TestContext, storeStats = async () => stats, patience = forever) {
  const listeners: ((batch: Batch) => void)[] = [];
  const log = {
    ...{ head: 7, oldest: 3 },
    follow: (listener: (batch: Batch) => void, signal: AbortSignal) => {
      assert.equal(signal, t.signal);
      listeners.push(listener);
    },
  };
  const store = { applied: 6, stats: storeStats };
  const own = new Metrics({ backend: { log, store } }, t.signal, patience);
  const take = (samples: number) => {
    const columns = { times: new Float64Array(samples), values: new Float64Array(samples) };
    const batch = { offset: ++log.head, at: 0, ids: new Uint32Array(samples), ...columns };
    for (const listener of listeners) listener(batch);
  };
  return { routes: metricsRoutes({ own }), take };
}

test("metrics: samples are counted as the log takes them", async (t) => {
  const { routes, take } = backend(t);
  assert.equal((await scraped(routes)).value("plotcast_samples_total"), 0);
  take(3);
  take(1);
  const { value, families } = await scraped(routes);
  assert.equal(value("plotcast_samples_total"), 4);
  assert.equal(value("plotcast_batches_total"), 2);
  assert.equal(value("plotcast_log_head"), 9);
  assert.equal(value("plotcast_log_oldest"), 3);
  assert.equal(value("plotcast_series"), 20);
  assert.equal(value("plotcast_store_unsealed_samples"), 300);
  assert.equal(value("plotcast_store_bytes"), 4_096);
  assert.equal(value("plotcast_store_outside_total"), 5);
  assert.equal(value("plotcast_store_applied"), 6);
  assert.equal(families.has("plotcast_viewers"), false);
});

test("metrics: a store that fails or does not answer leaves the others' metrics", async (t) => {
  const failing = backend(t, () => Promise.reject(new Error("closed")));
  const silent = backend(
    t,
    () => new Promise<never>(() => {}),
    async () => {},
  );
  for (const { routes } of [failing, silent]) {
    const { families } = await scraped(routes);
    assert.ok(families.has("plotcast_log_head"));
    assert.ok(!families.has("plotcast_store_bytes"));
  }
});

test("metrics: several processes are told as one: counts added, the worst of what is worst", async (t) => {
  const [a, b] = [busyHub(500), busyHub(2500)];
  a.counters.passed(0.004);
  b.counters.passed(0.2);
  // As it comes through a pipe between processes.
  const sent = JSON.parse(JSON.stringify(await hubOnly(t, b).json())) as Metric[];
  const { families, value } = await scraped(
    metricsRoutes({ own: hubOnly(t, a), gather: async () => [sent] }),
  );
  assert.equal(value("plotcast_viewers"), 2 * a.counters.viewers);
  assert.equal(value("plotcast_deliveries_total"), 2 * a.counters.deliveries);
  assert.equal(value('plotcast_viewers_cut_total{reason="age"}'), 2 * a.counters.cuts.age);
  assert.equal(value("plotcast_viewer_lag_seconds"), 2.5);
  const passes = families.get("plotcast_pass_seconds")?.samples;
  assert.equal(passes?.get('plotcast_pass_seconds_bucket{le="0.005"}'), 1);
  assert.equal(passes?.get('plotcast_pass_seconds_bucket{le="+Inf"}'), 2);
  const start = sent.find(({ name }) => name === "process_start_time_seconds")?.values[0]?.value;
  assert.ok(Math.abs((value("process_start_time_seconds") ?? 0) - (start ?? 0)) < 1);
});

test("metrics: a scrape of which a part is missing fails: its counts would fall", async (t) => {
  const gather = () => Promise.reject(new Error("a worker does not answer"));
  const routes = metricsRoutes({ own: hubOnly(t), gather });
  routes.onError((error, c) => c.text(error.message, 503));
  assert.equal((await routes.request("/metrics")).status, 503);
});

test("metrics: many scrapes at once are one", async (t) => {
  let gathered = 0;
  const gather = async () => {
    gathered++;
    return [];
  };
  const routes = metricsRoutes({ own: hubOnly(t), gather });
  await Promise.all([1, 2, 3].map(() => scraped(routes)));
  assert.equal(gathered, 1);
  await scraped(routes);
  assert.equal(gathered, 2);
});
