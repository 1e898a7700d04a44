/** What was measured of one system. */
export type Result = {
  readonly name: string;
  readonly points: readonly Figure[];
  readonly costs: readonly Figure[];
};

/** `none`: why there is no value. */
type Figure = {
  readonly viewers: number;
  readonly value: number | undefined;
  readonly none: string;
};

const width = 760;
const labelWidth = 150;
const valueWidth = 70;
const barHeight = 12;
const rowHeight = 20;
const left = labelWidth + 12;
const room = width - left - valueWidth;

/*
 * Draws both figures as bars, as quiet as the tables beside it: ours in the accent, the rest in grey.
 * The colours follow the reader's.
 */
export function drawResults(results: readonly Result[]): string {
  let y = 0;
  const parts: string[] = [];
  const panel = (title: string, bars: readonly Bar[], scale: Scale) => {
    parts.push(`<text class="title" x="0" y="${y + 14}">${title}</text>`);
    y += 28;
    for (const bar of bars) {
      parts.push(drawBar(bar, y, scale));
      y += rowHeight;
    }
    y += 20;
  };
  const viewersIn = (what: "points" | "costs") => [
    ...new Set(results.flatMap((result) => result[what].map(({ viewers }) => viewers))),
  ];
  for (const viewers of viewersIn("points")) {
    const bars = barsOf(results, "points", viewers);
    panel(
      `Points delivered a second by one core, ${grouped(viewers)} viewers (logarithmic)`,
      bars,
      logarithmic(bars),
    );
  }
  for (const viewers of viewersIn("costs")) {
    const bars = barsOf(results, "costs", viewers);
    panel(`Processor time for each write, µs, ${grouped(viewers)} viewers`, bars, linear(bars));
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" role="img" aria-label="Points a second and cost of a write, beside others">
<style>
  text { font: 12px system-ui, sans-serif; fill: #57606a; font-variant-numeric: tabular-nums; }
  .title { fill: #1f2328; font-weight: 600; }
  .name { text-anchor: end; }
  .own { fill: #1f2328; }
  rect { fill: #afb8c1; }
  rect.own { fill: #0969da; }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1; }
    .title, .own { fill: #e6edf3; }
    rect { fill: #484f58; }
    rect.own { fill: #4493f8; }
  }
</style>
${parts.join("\n")}
</svg>
`;
}

type Bar = Omit<Figure, "viewers"> & { readonly name: string; readonly own: boolean };
/** A value's share of the room, from 0 to 1. */
type Scale = (value: number) => number;

function barsOf(results: readonly Result[], what: "points" | "costs", viewers: number): Bar[] {
  return results.flatMap((result, index) => {
    const figure = result[what].find((one) => one.viewers === viewers);
    return figure ? [{ ...figure, name: result.name, own: index === 0 }] : [];
  });
}

function valuesOf(bars: readonly Bar[]): number[] {
  return bars.flatMap(({ value }) => (value === undefined ? [] : [value]));
}

function linear(bars: readonly Bar[]): Scale {
  const greatest = Math.max(...valuesOf(bars), 1);
  return (value) => value / greatest;
}

/** From the power of ten below the least: a bar without length would say zero. */
function logarithmic(bars: readonly Bar[]): Scale {
  const values = valuesOf(bars);
  const from = Math.floor(Math.log10(Math.min(...values, 1_000)));
  const to = Math.log10(Math.max(...values, 10_000));
  return (value) => (Math.log10(value) - from) / (to - from);
}

function drawBar({ name, value, none, own }: Bar, y: number, scale: Scale): string {
  const kind = own ? " own" : "";
  const label = `<text class="name${kind}" x="${labelWidth}" y="${y + 10}">${escaped(name)}</text>`;
  if (value === undefined) return `${label}<text x="${left}" y="${y + 10}">${escaped(none)}</text>`;
  const length = Math.max(1, room * scale(value)).toFixed(1);
  const bar = `<rect class="bar${kind}" x="${left}" y="${y}" width="${length}" height="${barHeight}" rx="2"/>`;
  const at = left + Number(length) + 6;
  return `${label}${bar}<text class="value${kind}" x="${at.toFixed(1)}" y="${y + 10}">${short(value)}</text>`;
}

function short(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M`;
  if (value >= 1e4) return `${Math.round(value / 1e3)} k`;
  return value >= 100 ? grouped(Math.round(value)) : value.toFixed(1);
}

function grouped(value: number): string {
  return value.toLocaleString("en");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
