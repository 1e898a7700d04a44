import { chartjs } from "./chartjs.ts";
import { ColumnWatch, type Shimmer } from "./columns.ts";
import { echarts } from "./echarts.ts";
import { feed, past } from "./feed.ts";
import { ours } from "./ours.ts";
import { type Build, readSetup, type Tally } from "./setup.ts";
import { tutorial } from "./tutorial.ts";
import { coalesced, naive } from "./uplot.ts";

/*
 * One page for all who are compared: builds as many charts of one variant as its address says, gives
 * them a window of samples, and then batches from a worker. `bench` is what the bench asks it.
 */
const variants: Record<string, Build> = {
  nothing: () => ({ take: () => {} }),
  "ours-canvas": ours("canvas"),
  "ours-uplot": ours("uplot"),
  "ours-chartjs": ours("chartjs"),
  "ours-echarts": ours("echarts"),
  "uplot-naive": naive,
  "uplot-raf": coalesced,
  chartjs,
  echarts,
  tutorial,
};

/** What has been counted since it was last asked. */
export type Report = {
  readonly frames: readonly number[];
  readonly draws: number;
  readonly drawMs: readonly number[];
  readonly taken: number;
  /** Milliseconds that the newest sample taken is old: a page that cannot keep up falls behind. */
  readonly behindMs: number;
  /** Of the first chart, if it was asked for: reading pixels costs more than drawing them. */
  readonly shimmer: Shimmer;
};

const setup = readSetup(location.search);
const tally: Tally = { draws: 0, drawMs: [] };
let frames: number[] = [];
let lastFrame = Number.NaN;
let taken = 0;
let newest = Date.now();
const watched = new URLSearchParams(location.search).has("watched");
const columns = new ColumnWatch(() => {
  const root = document.querySelector("live-chart")?.shadowRoot ?? document;
  return root.querySelector("canvas") ?? undefined;
});

requestAnimationFrame(function frame(now) {
  if (lastFrame > 0) frames.push(now - lastFrame);
  lastFrame = now;
  if (watched) columns.look();
  requestAnimationFrame(frame);
});

const build = variants[setup.variant];
if (!build) throw new Error(`expected one of ${Object.keys(variants)}, found ${setup.variant}`);
const hosts = Array.from({ length: setup.charts }, () => document.createElement("div"));
document.body.append(...hosts);
const drawn = await Promise.all(hosts.map((host) => build(host, setup, tally)));
const now = Date.now();
for (const [i, { take }] of drawn.entries()) take(past(setup, i, now));
feed(setup, (chart, batch) => {
  taken++;
  newest = batch.times.at(-1)!;
  drawn[chart]!.take(batch);
});

function bench(): Report {
  const report = { frames, draws: tally.draws, drawMs: [...tally.drawMs], taken };
  frames = [];
  tally.draws = taken = 0;
  tally.drawMs.length = 0;
  return { ...report, behindMs: Date.now() - newest, shimmer: columns.take() };
}

Object.assign(globalThis, { bench });
