import { parseSeries, type Series } from "@plotcast/protocol";

/**
 * Short names for a legend, as many as series: what all have in common is left out where the rest
 * still tells them apart. `cpu{core="0",host="a"}`, `cpu{core="1",host="a"}` become `0` and `1`.
 */
export function shortNames(series: readonly string[]): string[] {
  const parsed = series.map(read);
  const first = parsed[0];
  const sameName = parsed.every(({ name }) => name === first?.name);
  const differing = new Set<string>();
  for (const { labels } of parsed) {
    for (const key of labels.keys()) {
      if (parsed.some((other) => other.labels.get(key) !== labels.get(key))) differing.add(key);
    }
  }
  const short = parsed.map(({ name, labels }) => {
    const values = [...labels].filter(([key]) => differing.has(key)).map(([, value]) => value);
    if (sameName && values.length > 0) return values.join(" ");
    return [name, ...values].join(" ");
  });
  return new Set(short).size === short.length ? short : [...series];
}

// A source of someone else may name a series as it likes.
function read(text: string): Series {
  try {
    return parseSeries(text);
  } catch {
    return { name: text, labels: new Map() };
  }
}
