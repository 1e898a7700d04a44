import assert from "node:assert/strict";
import { test } from "node:test";
import { unitOf } from "./plain-unit.ts";

test("unit: the last word of a name tells it, however the words are joined", () => {
  const all = {
    temp_c: "°C",
    "battery.voltage_mv": "mV",
    cpu_percent: "%",
    "rx-bytes": "B",
    uptime_seconds: "s",
    latency_ms: "ms",
    out_w: "W",
    temperature_f: "°F",
    tempC: "°C",
    cpuPercent: "%",
    'load_ms{host="a_w"}': "ms",
    RX_BYTES: "B",
  };
  for (const [name, unit] of Object.entries(all)) assert.equal(unitOf(name), unit, name);
});

test("unit: words that mean other things as well tell nothing", () => {
  const none = [
    "c",
    "value",
    "cpu",
    "percentile",
    "items",
    "in_total",
    "a.b",
    "probe.c",
    "temp",
    "foo_bar",
  ];
  for (const name of [...none, "", "_", "xC_x", "constructor_toString"]) {
    assert.equal(unitOf(name), undefined, name);
  }
});

test("unit: letters that number series are no units", () => {
  const probes = ["probe_a", "probe_b", "probe_c"];
  for (const name of probes) assert.equal(unitOf(name, probes), undefined, name);
  assert.equal(unitOf("out_v", ["out_v", "out_w", "other_b"]), "V");
});
