import assert from "node:assert/strict";
import { test } from "node:test";
import { bundlePages, libraryFolder } from "../../scripts/bundle-pages.js";

const { files, metafile } = await bundlePages();
const outputs = Object.entries(metafile.outputs);
const textOf = (name: string) => Buffer.from(files.get(name)!).toString();

test("bundle: the entry is a few lines, and all that a chart needs at once is one chunk", () => {
  const { imports } = metafile.outputs["out/live-chart.js"]!;
  assert.equal(imports.filter(({ kind }) => kind === "import-statement").length, 1);
  assert.ok(files.get("live-chart.js")!.length < 1000);
});

test("bundle: no module is in two files, so nothing of it is there twice at run time", () => {
  const seen = new Map<string, string>();
  for (const [output, { inputs }] of outputs) {
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      if (bytesInOutput === 0) continue;
      assert.equal(seen.get(input), undefined, `${input} is in ${output} as well`);
      seen.set(input, output);
    }
  }
});

test("bundle: the chart libraries are not in what a chart needs at once", () => {
  const [core] = metafile.outputs["out/live-chart.js"]!.imports;
  const libraries = Object.keys(metafile.outputs[core!.path]!.inputs).flatMap(
    (input) => libraryFolder(input) ?? [],
  );
  assert.deepEqual(
    [...new Set(libraries)].map((folder) => folder.replace(/.*node_modules\//, "")),
    ["eventsource-parser"],
  );
});

test("bundle: what a chart needs at once has no long names of numbers", () => {
  const [core] = metafile.outputs["out/live-chart.js"]!.imports;
  const text = textOf(core!.path.replace(/^out\//, ""));
  assert.doesNotMatch(text, /Number\.(?:(?:POSITIVE|NEGATIVE)_INFINITY|NaN)/);
  assert.match(text, /=-1\/0/);
});

test("bundle: every file is named by its content, but for those that pages name", () => {
  const unnamed = [...files.keys()].filter((name) => !/-[A-Z0-9]{8}\.js$/.test(name));
  assert.deepEqual(unnamed.sort(), [
    ...["assets/app.js", "live-chart.js", "live-chart/licenses.txt", "live-chart/renderer.js"],
  ]);
});

test("bundle: every library is there with its licence", () => {
  const text = textOf("live-chart/licenses.txt");
  const libraries = outputs.flatMap(([, { inputs }]) =>
    Object.keys(inputs).flatMap((file) => libraryFolder(file) ?? []),
  );
  for (const library of new Set(libraries)) {
    assert.ok(text.includes(`${library.replace(/.*node_modules\//, "")} `), library);
  }
  assert.match(text, /Permission is hereby granted/);
});

test("bundle: what others draw with comes from one file, and is what the element has", () => {
  assert.match(textOf("live-chart/renderer.js"), /export\{.*\bTrace\b.*\}/s);
  for (const name of ["registerRenderer", "xOf", "yOf"]) {
    assert.match(textOf("live-chart.js"), new RegExp(`export\\{.*\\b${name}\\b`, "s"));
  }
});
