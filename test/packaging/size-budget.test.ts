import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import type { Metafile } from "esbuild";
import { bundlePages } from "../../scripts/bundle-pages.js";
import { type Bundle, limits, sizesOf, sizeTable, tooLarge } from "../../scripts/size-budget.ts";

type Output = {
  readonly bytes: number;
  readonly entry?: string;
  readonly imports?: readonly string[];
  readonly loads?: readonly string[];
  readonly inputs?: readonly string[];
};

/** A bundle of noise, which gzip cannot make smaller, with as many bytes in each output as are given. */
function bundleOf(spec: Record<string, Output>): Bundle {
  const outputs: Metafile["outputs"] = {};
  const files = new Map<string, Uint8Array>();
  for (const [name, { bytes, entry, imports = [], loads = [], inputs = [] }] of Object.entries(
    spec,
  )) {
    const to = (kind: "import-statement" | "dynamic-import") => (at: string) => ({
      path: `out/${at}`,
      kind,
    });
    outputs[`out/${name}`] = {
      bytes,
      inputs: Object.fromEntries(
        inputs.map((file) => [file, { bytesInOutput: bytes / inputs.length }]),
      ),
      imports: [...imports.map(to("import-statement")), ...loads.map(to("dynamic-import"))],
      exports: [],
      ...(entry === undefined ? {} : { entryPoint: entry }),
    };
    files.set(name, randomBytes(bytes));
  }
  return { files, metafile: { outputs } };
}

const adapterOf = (gz: number) => async () => ({ raw: gz, gz });

async function named(bundle: Bundle, name: string) {
  const size = (await sizesOf(bundle, adapterOf(100))).find((each) => each.name === name);
  assert.ok(size, name);
  return size;
}

test("size budget: the element is its entry and all that this imports at once, and no more", async () => {
  const bundle = bundleOf({
    "live-chart.js": { bytes: 100, imports: ["live-chart/a.js"] },
    "live-chart/a.js": { bytes: 1000, imports: ["live-chart/b.js"], loads: ["live-chart/late.js"] },
    "live-chart/b.js": { bytes: 2000, imports: ["live-chart/a.js"] },
    "live-chart/late.js": { bytes: 50_000, imports: ["live-chart/a.js"] },
    "assets/app.js": { bytes: 50_000, imports: ["live-chart/a.js"] },
  });
  const { raw, gz } = await named(bundle, "element");
  assert.equal(raw, 3100);
  assert.ok(gz > 3100 && gz < 3200, String(gz));
  assert.deepEqual(tooLarge(await sizesOf(bundle, adapterOf(100))), []);
});

test("size budget: the default renderer belongs to the element, even if it is loaded on demand", async () => {
  const bundle = bundleOf({
    "live-chart.js": { bytes: 100, loads: ["live-chart/canvas.js"] },
    "live-chart/canvas.js": { bytes: 700, entry: "packages/chart/src/renderers/canvas.ts" },
  });
  assert.equal((await named(bundle, "element")).raw, 800);
});

test("size budget: an element over its limit is said so, with by how much", async () => {
  const bundle = bundleOf({
    "live-chart.js": { bytes: 100, imports: ["live-chart/a.js"] },
    "live-chart/a.js": { bytes: limits.element },
  });
  const sizes = await sizesOf(bundle, adapterOf(100));
  const [sentence, ...others] = tooLarge(sizes);
  assert.match(sentence!, /^element is \d+ bytes after gzip, \d\d\d more than its limit$/);
  assert.deepEqual(others, []);
});

test("size budget: an adapter is measured without its library and without what is there already", async () => {
  const entry = "packages/chart/src/renderers/uplot.ts";
  const bundle = bundleOf({
    "live-chart.js": {
      bytes: 10,
      loads: ["live-chart/uplot.js"],
      inputs: ["packages/chart/src/core.ts"],
    },
    "live-chart/uplot.js": {
      ...{ bytes: 90_000, entry, imports: ["live-chart.js", "live-chart/shared.js"] },
      inputs: [entry, "node_modules/uplot/dist/uPlot.esm.js"],
    },
    "live-chart/shared.js": { bytes: 10, inputs: ["packages/chart/src/renderers/hidden.ts"] },
  });
  const asked: unknown[] = [];
  const sizes = await sizesOf(bundle, async (from, own) => {
    asked.push(from, [...own]);
    return { raw: 9000, gz: 4001 };
  });
  assert.deepEqual(asked, [entry, [entry, "packages/chart/src/renderers/hidden.ts"]]);
  assert.deepEqual(tooLarge(sizes), [
    "adapter uplot is 4001 bytes after gzip, 1 more than its limit",
  ]);
});

test("size budget: the table names every file, its sizes and what is in it", async () => {
  const bundle = bundleOf({
    "live-chart.js": {
      bytes: 1500,
      inputs: ["packages/chart/src/a.ts", "node_modules/@x/y/z.js", "packages/client/src/b.ts"],
    },
  });
  const lines = sizeTable(await sizesOf(bundle)).split("\n");
  assert.match(lines[1]!, /^element +1\.5 +1\.5 +of [\d.]+ +what a chart needs: 1 files$/);
  assert.match(lines[2]!, /^live-chart\.js +1\.5 +1\.5 +chart 0\.5, @x\/y 0\.5, client 0\.5$/);
});

test("size budget: this build is within it", async (t) => {
  const sizes = await sizesOf(await bundlePages());
  t.diagnostic(`\n${sizeTable(sizes)}`);
  assert.deepEqual(tooLarge(sizes), []);
});
