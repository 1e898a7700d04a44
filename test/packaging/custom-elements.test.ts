import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { attributeNames, LiveChart } from "@plotcast/chart";
import { manifestOf, readGuide } from "../../scripts/custom-elements.ts";

const root = path.resolve(import.meta.dirname, "../..");
const sources = globSync("packages/chart/src/**/*.ts", { cwd: root })
  .filter((file) => !/\.test\.ts$|\/fake-/.test(file))
  .map((file) => readFileSync(path.join(root, file), "utf8"))
  .join("\n");
const guide = readGuide();

function namesOf(described: readonly { readonly name: string }[]): string[] {
  const names = described.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length, "nothing is described twice");
  return names.sort();
}

function found(pattern: RegExp): string[] {
  return [
    ...new Set([...sources.matchAll(pattern)].flatMap(([, names]) => names!.split(" "))),
  ].sort();
}

test("custom elements: the attributes of the guide are those that the element goes by", () => {
  assert.deepEqual(namesOf(guide.attributes), [...attributeNames].sort());
  assert.deepEqual(namesOf(guide.attributes), [...LiveChart.observedAttributes].sort());
});

test("custom elements: the properties of the guide are those that can be set", () => {
  const own = Object.entries(Object.getOwnPropertyDescriptors(LiveChart.prototype));
  const settable = own.filter(([, { set }]) => set).map(([name]) => name);
  assert.deepEqual(namesOf(guide.properties), settable.sort());
});

test("custom elements: the events of the guide are those that are dispatched", () => {
  assert.deepEqual(namesOf(guide.events), found(/new CustomEvent\(\s*"([\w-]+)"/g));
});

test("custom elements: the parts of the guide are those that are made", () => {
  const boxes = found(/\bnew PlotBox\("([\w-]+)"/g);
  const made = found(/\bmake\(\s*"\w+",\s*"([\w -]+)"/g);
  assert.deepEqual(namesOf(guide.cssParts), [...made, "plot-box", ...boxes].sort());
});

test("custom elements: the custom properties of the guide are those that the style sheet reads", () => {
  const series = Array.from({ length: 8 }, (_, i) => `--plotcast-series-${i + 1}`);
  const read = found(/var\((--plotcast-[a-z-]*[a-z])[,)]/g);
  assert.deepEqual(namesOf(guide.cssProperties), [...read, ...series].sort());
});

test("custom elements: the manifest has all of it, under the names that its schema has for it", () => {
  const manifest = manifestOf(
    readGuide(
      "| attribute | meaning |\n|---|---|\n| `src` | where |\n\ntext\n\n| part | what |\n|---|---|\n| `a`, `b` | both |\n",
    ),
  );
  const { modules, schemaVersion } = JSON.parse(JSON.stringify(manifest));
  assert.equal(schemaVersion, "2.1.0");
  const [element] = modules[0].declarations;
  assert.equal(element.tagName, "live-chart");
  assert.deepEqual(element.attributes, [{ name: "src", description: "where" }]);
  assert.deepEqual(element.cssParts, [
    { name: "a", description: "both" },
    { name: "b", description: "both" },
  ]);
  assert.deepEqual(element.members, []);
  assert.equal(modules[1].exports[0].kind, "custom-element-definition");
});
