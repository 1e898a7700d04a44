import assert from "node:assert/strict";
import { test } from "node:test";
import { type FakeSeries, fakeScale, fakeScene, fakeSpec } from "../parts/fake-scene.ts";
import type { Draw } from "../renderer.ts";
import { type SvgOptions, svgOf } from "./svg.ts";

const options: SvgOptions = {
  ...{ title: "Temperature", yTitle: "°C", zone: "Europe/Berlin", locale: "en-GB" },
  ...{ size: { width: 600, height: 200 }, ink: "#1b2127", background: "#ffffff" },
  marks: { thresholds: [], annotations: [] },
  tones: { idle: "grey", good: "green", warn: "orange", bad: "red" },
};

const samples: FakeSeries["samples"] = [
  [0, 0],
  [30_000, 50],
  [60_000, 100],
];

function draw(
  series: FakeSeries[],
  more: Parameters<typeof fakeScene>[1] = {},
  how: Draw = "line",
) {
  const scene = fakeScene(series, more);
  const spec = fakeSpec(
    series.map(({ name }) => name),
    how,
  );
  return svgOf(scene, spec, options);
}

/** The data of the paths that are stroked or filled with the first colour, without the legend. */
function paths(svg: string): string[] {
  const found = svg.matchAll(/<path d="([^"]*)"[^>]*rgb\(69, 89, 210\)[^>]*>/g);
  return [...found].map(([, data]) => data!).filter((data) => !data.endsWith("h16"));
}

test("svg: points are where they are on the screen, in CSS pixels", () => {
  const at = "M48 170L316 89L584 8";
  assert.deepEqual(paths(draw([{ name: "a", samples }])), [at]);
  assert.deepEqual(paths(draw([{ name: "a", samples }], { ratio: 1.5 })), [at]);
});

test("svg: a gap stays open, and what is alone is marked", () => {
  const broken = [...samples.slice(0, 2), [40_000, null], [60_000, 100]] as FakeSeries["samples"];
  const [line, marks] = paths(draw([{ name: "a", samples: broken }]));
  assert.equal(line, "M48 170L316 89M584 8");
  assert.match(marks!, /^M586\.5 8a2\.5 2\.5 0 1 0 -5 0a2\.5 2\.5 0 1 0 5 0Z$/);
});

test("svg: steps hold, areas are filled, bars stand on zero, points are marks", () => {
  const one = [{ name: "a", samples }];
  assert.deepEqual(paths(draw(one, {}, "step")), ["M48 170L316 170L316 89L584 89L584 8"]);
  const area = draw(one, {}, "area");
  assert.deepEqual(paths(area), ["M48 170L48 170L316 89L584 8L584 170Z", "M48 170L316 89L584 8"]);
  assert.match(area, /fill-opacity="0\.25"/);
  assert.match(paths(draw(one, {}, "bars"))[0]!, /L208\.8 89L423\.2 89L423\.2 170Z/);
  assert.match(paths(draw(one, {}, "points"))[0]!, /^M50\.5 170a/);
});

test("svg: a logarithmic axis is one, and stacked areas stand on what is below", () => {
  const log = fakeScale({ min: 1, max: 10_000, log: true, ticks: [] });
  const powers: FakeSeries["samples"] = [
    [0, 1],
    [30_000, 100],
    [60_000, 10_000],
  ];
  assert.deepEqual(paths(draw([{ name: "a", samples: powers }], { scales: [log] })), [
    "M48 170L316 89L584 8",
  ]);
  const stacked = draw([{ name: "a", samples, bases: [10, 10, 0] }], {}, "area");
  assert.equal(paths(stacked)[0], "M48 153.8L48 153.8L316 72.8L584 8L584 170L316 153.8L48 153.8Z");
});

test("svg: each axis has its labels on its side", () => {
  const right = fakeScale({ side: "right", ticks: [{ at: 50, text: "fifty" }] });
  const svg = draw([{ name: "a", samples }], { scales: [fakeScale(), right] });
  assert.match(svg, /<text x="40" [^>]*text-anchor="end"[^>]*>50<\/text>/);
  assert.match(svg, /<text x="592" [^>]*text-anchor="start"[^>]*>fifty<\/text>/);
  assert.match(svg, /<text x="316" [^>]*text-anchor="middle">middle<\/text>/);
  assert.equal(svg.match(/rgb\(228, 232, 236\)/g)?.length, 3);
});

test("svg: title, time, zone and last values are in it", () => {
  const svg = draw([{ name: "Kitchen", unit: "°C", samples }]);
  assert.match(svg, />Temperature<\/text>/);
  assert.match(svg, /As of 1 Jan 1970,? (at )?01:01:00 [^<]*\(Europe\/Berlin\)/);
  assert.match(svg, />Kitchen<tspan[^>]*>100\u00a0°C<\/tspan>/);
});

test("svg: series that are switched off are not in the legend", () => {
  assert.doesNotMatch(draw([{ name: "Kitchen", samples, off: true }]), /Kitchen/);
});

test("svg: a band is hatched and named, and says why", () => {
  const band = { from: -1e9, to: 30_000, kind: "offline", text: "Lost & <gone>." } as const;
  const svg = draw([{ name: "a", samples }], { bands: [band] });
  assert.match(svg, /<svg x="48" y="8" width="268"[^>]*><title>Lost &amp; &lt;gone&gt;\.<\/title>/);
  assert.match(svg, />disconnected<\/text>/);
});

function marked(marks: Partial<SvgOptions["marks"]>): string {
  const scene = fakeScene([{ name: "a", unit: "W", samples }]);
  return svgOf(scene, fakeSpec(["a"]), { ...options, marks: { ...options.marks, ...marks } });
}

test("svg: thresholds are lines or areas, in the colour of their tone, with their names", () => {
  const one = { to: undefined, label: "", tone: "bad", below: false, right: false } as const;
  const line = marked({ thresholds: [{ ...one, value: 50 }] });
  assert.match(line, /<path d="M48 89H584" stroke="red"/);
  assert.match(line, />50\u00a0W<\/text>/);
  const area = marked({ thresholds: [{ ...one, value: 50, to: 100, label: "<hot>" }] });
  assert.match(area, /<rect x="48" y="8" width="536" height="81" fill="red"/);
  assert.match(area, />&lt;hot&gt;<\/text>/);
  assert.doesNotMatch(marked({ thresholds: [{ ...one, value: 50, right: true }] }), /red/);
});

test("svg: annotations are where their time is, and not where it is out of view", () => {
  const one = { to: undefined, label: "deploy", tone: "warn" } as const;
  const line = marked({ annotations: [{ ...one, at: 30_000 }] });
  assert.match(line, /<path d="M316 8V170" stroke="orange"/);
  assert.match(line, />deploy<\/text>/);
  const area = marked({ annotations: [{ ...one, at: -1, to: 30_000 }] });
  assert.match(area, /<rect x="48" y="8" width="268" height="162" fill="orange"/);
  assert.doesNotMatch(area, /<path [^>]*orange/);
  assert.doesNotMatch(marked({ annotations: [{ ...one, at: 60_001 }] }), /deploy/);
});

test("svg: names are text, whatever is in them", () => {
  const name = `"><script>alert(1)</script>\u0000\u000b\ud800`;
  const svg = draw([{ name, samples }]);
  assert.doesNotMatch(svg, /<script/);
  assert.match(svg, /&lt;script&gt;/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML cannot have
  assert.doesNotMatch(svg, /[\u0000-\u0008\u000b]|\p{Surrogate}/u);
});

test("svg: a chart without axes is one here too", () => {
  const scene = fakeScene([{ name: "a", samples }], { scales: [fakeScale({ ticks: [] })] });
  const frame = { ...scene.frame, xTicks: [] };
  const svg = svgOf({ ...scene, frame }, fakeSpec(["a"]), { ...options, yTitle: "" });
  assert.doesNotMatch(svg, />Time/);
  assert.deepEqual(paths(svg), ["M48 170L316 89L584 8"]);
});
