import assert from "node:assert/strict";

/** A family of metrics as it was scraped. Samples by name and labels as they were written. */
export type Family = {
  readonly type: string;
  readonly help: string;
  readonly samples: Map<string, number>;
};

const help = /^# HELP ([a-z_:][a-z0-9_:]*) (\S.*)$/;
const type = /^# TYPE ([a-z_:][a-z0-9_:]*) (counter|gauge|histogram)$/;
const sample =
  /^([a-z_:][a-z0-9_:]*)(\{(?:[a-z_][a-z0-9_]*="(?:[^"\\\n]|\\[\\n"])*"(?:,(?!\})|(?=\})))+\})? (\+Inf|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;

/**
 * Reads what Prometheus would scrape, and is stricter: help and type before every family, families in
 * one piece, nothing twice, counters named and counted as such, histograms that add up.
 */
export function scrape(text: string): Map<string, Family> {
  assert.ok(text.endsWith("\n"));
  const families = new Map<string, Family>();
  let current: { name: string; family: Family } | undefined;
  let helped: RegExpExecArray | null = null;
  for (const line of text.slice(0, -1).split("\n")) {
    if (line === "") continue;
    if (line.startsWith("#")) {
      const typed = type.exec(line);
      if (!typed) {
        helped = help.exec(line);
        assert.ok(helped, line);
        continue;
      }
      const name = typed[1]!;
      assert.equal(helped?.[1], name, line);
      assert.ok(!families.has(name), `${name} comes twice`);
      current = { name, family: { type: typed[2]!, help: helped![2]!, samples: new Map() } };
      families.set(name, current.family);
      continue;
    }
    const match = sample.exec(line);
    assert.ok(match, `not a sample: ${line}`);
    assert.ok(current, `no family: ${line}`);
    const { name, family } = current;
    const suffixes = family.type === "histogram" ? ["_bucket", "_sum", "_count"] : [""];
    assert.ok(suffixes.includes(match[1]!.slice(name.length)), `not of ${name}: ${line}`);
    assert.ok(match[1]!.startsWith(name), `not of ${name}: ${line}`);
    const key = match[1]! + (match[2] ?? "");
    assert.ok(!family.samples.has(key), `twice: ${line}`);
    family.samples.set(key, Number(match[3]!.replace("+Inf", "Infinity")));
  }
  for (const [name, family] of families) check(name, family);
  return families;
}

function check(name: string, { type, samples }: Family): void {
  assert.ok(samples.size > 0, `${name} is empty`);
  assert.equal(name.endsWith("_total"), type === "counter", `${name} is a ${type}`);
  if (type === "counter") for (const value of samples.values()) assert.ok(value >= 0, name);
  if (type !== "histogram") return;
  const buckets = [...samples].filter(([key]) => key.startsWith(`${name}_bucket{`));
  const ends = buckets.map(([key]) => /le="([^"]+)"/.exec(key)?.[1]?.replace("+Inf", "Infinity"));
  assert.equal(ends.at(-1), "Infinity", name);
  for (let index = 1; index < buckets.length; index++) {
    assert.ok(Number(ends[index - 1]) < Number(ends[index]), `${name}: ends must grow`);
    assert.ok(
      buckets[index - 1]![1] <= buckets[index]![1],
      `${name}: buckets contain the smaller ones`,
    );
  }
  assert.equal(samples.get(`${name}_count`), buckets.at(-1)?.[1], name);
  assert.ok(samples.has(`${name}_sum`), name);
}
