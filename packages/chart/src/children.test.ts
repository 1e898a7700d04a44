import assert from "node:assert/strict";
import { test } from "node:test";
import { type ChildElement, parseChildren, parseThresholds, readAnnotations } from "./children.ts";

function element(
  localName: string,
  attributes: Record<string, string>,
  textContent = "",
): ChildElement {
  return { localName, textContent, getAttribute: (name) => attributes[name] ?? null };
}

function thresholds(text: string) {
  const problems: string[] = [];
  return { found: parseThresholds(text, problems), problems };
}

const plain = { to: undefined, label: "", tone: "idle", below: false, right: false };

test("children: thresholds of the attribute have a value or two, words, and a label after a colon", () => {
  const { found, problems } = thresholds(
    '80 warn, 95..120 bad: too hot, -5 BAD below right, .5e3, 1: "a, b"',
  );
  assert.deepEqual(problems, []);
  assert.deepEqual(found, [
    { ...plain, value: 80, tone: "warn" },
    { ...plain, value: 95, to: 120, tone: "bad", label: "too hot" },
    { ...plain, value: -5, tone: "bad", below: true, right: true },
    { ...plain, value: 500 },
    { ...plain, value: 1, label: "a, b" },
  ]);
});

test("children: of the attribute what is not understood is said, and the rest is there", () => {
  const { found, problems } = thresholds("hot, 80 warm, 1e999, 20");
  assert.deepEqual(found, [{ ...plain, value: 20 }]);
  assert.equal(problems.length, 3);
  assert.match(problems[0]!, /^expected thresholds="80 warn.*found "hot"$/);
  assert.deepEqual(parseThresholds(null, []), []);
});

test("children: a threshold is an element too", () => {
  const children = parseChildren([
    element("live-threshold", { value: "80", label: " warm ", tone: "warn", below: "" }),
    element("live-threshold", { value: "30", to: "20" }, "<b>cold</b>"),
    element("p", { value: "1" }),
    element("live-threshold", { value: "x" }),
    element("live-threshold", {}),
  ]);
  assert.deepEqual(children.thresholds, [
    { ...plain, value: 80, label: "warm", tone: "warn", below: true },
    { ...plain, value: 20, to: 30, label: "<b>cold</b>" },
  ]);
  assert.deepEqual(children.problems, [
    '<live-threshold>: expected value="10", a number, found "x"',
    '<live-threshold>: expected value="80"',
  ]);
});

test("children: annotations ascend, and their times may lack a zone: the chart has one", () => {
  const { annotations, problems } = parseChildren(
    [
      element("live-annotation", {
        at: "2026-07-01T12:00Z",
        to: "2026-07-01 13:00+00",
        label: "deploy",
      }),
      element("live-annotation", { at: "2026-07-01 12:00" }, "noon"),
      element("live-annotation", { at: "2026-07-01", tone: "bad" }),
      element("live-annotation", { at: "1782910800" }),
      element("live-annotation", { at: "tomorrow" }),
      element("live-annotation", { at: "2026-07-01T15:00Z", to: "later" }),
    ],
    "Europe/Berlin",
  );
  const noon = Date.UTC(2026, 6, 1, 12);
  assert.deepEqual(
    annotations.map(({ at, to, label, tone }) => [at - noon, to && to - noon, label, tone]),
    [
      [-14 * 3600e3, undefined, "", "bad"],
      [-2 * 3600e3, undefined, "noon", "idle"],
      [0, 3600e3, "deploy", "idle"],
      [3600e3, undefined, "", "idle"],
      // Its end is not known, its beginning is.
      [3 * 3600e3, undefined, "", "idle"],
    ],
  );
  assert.equal(problems.length, 2);
  assert.match(problems[0]!, /^<live-annotation>: expected at="2026.*found "tomorrow"$/);
});

test("children: annotations as data may have numbers, dates and texts for times", () => {
  const problems: string[] = [];
  const data = [
    { at: new Date(2000), label: 5 },
    { at: 1000, to: 500, tone: "warn" },
    { at: "2026-07-01T12:00Z", tone: "loud" },
    { at: Number.NaN },
    { at: 1, to: {} },
    null,
    7,
  ];
  const found = readAnnotations(data, problems);
  assert.deepEqual(found, [
    { at: 1, to: undefined, label: "", tone: "idle" },
    { at: 500, to: 1000, label: "", tone: "warn" },
    { at: 2000, to: undefined, label: "5", tone: "idle" },
    { at: Date.UTC(2026, 6, 1, 12), to: undefined, label: "", tone: "idle" },
  ]);
  assert.equal(problems.length, 4);
  assert.deepEqual(readAnnotations(undefined, problems), []);
  assert.deepEqual(readAnnotations("x", problems), []);
  assert.equal(problems.length, 5);
});

test("children: a rule of series says what it says and leaves the rest open", () => {
  const { rules, problems } = parseChildren([
    element("live-series", {
      ...{ series: "cpu.*", label: "CPU", color: "3", draw: "step", right: "", unit: "%" },
    }),
    element("live-series", { src: "/other" }),
  ]);
  assert.deepEqual(problems, []);
  const { selection, ...said } = rules[0]!;
  assert.deepEqual(said, {
    ...{ label: "CPU", color: 3, draw: "step", right: true, unit: "%", src: undefined },
  });
  assert.ok(selection.matches("cpu.0") && !selection.matches("mem"));
  const { selection: all, ...open } = rules[1]!;
  assert.ok(all.matches("anything") && open.src === "/other");
  assert.equal(Object.values(open).filter((value) => value !== undefined).length, 1);
});

test("children: a rule without series, or with an unknown colour or way of drawing, is said", () => {
  const { rules, problems } = parseChildren([
    element("live-series", { label: "x" }),
    element("live-series", { series: "a", color: "9", draw: "lines" }),
  ]);
  assert.equal(rules.length, 1);
  assert.equal(rules[0]!.color, undefined);
  assert.deepEqual(problems, [
    '<live-series>: expected series="cpu.*", the series that it is about',
    '<live-series>: expected color="3", from 1 to 8, found 9',
    '<live-series>: expected draw="line" or "step" or "area" or "bars" or "points", found "lines"',
  ]);
});

test("children: there are no more of them than can be shown, the newest annotations first", () => {
  const many = Array.from({ length: 1100 }, (_, i) => ({ at: i }));
  const problems: string[] = [];
  const found = readAnnotations(many, problems);
  assert.deepEqual([found.length, found[0]!.at, found.at(-1)!.at], [1000, 100, 1099]);
  assert.equal(problems.length, 1);
  assert.equal(thresholds(many.map(({ at }) => at).join()).found.length, 20);
  const [long] = readAnnotations([{ at: 1, label: "x".repeat(500) }], []);
  assert.equal(long!.label.length, 80);
});
