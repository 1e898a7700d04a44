import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { browserNames, openBrowser } from "../browsers.ts";
import type { ConformancePage } from "./conformance-page.ts";

declare const conformancePage: ConformancePage;

const bundle = build({
  entryPoints: [fileURLToPath(import.meta.resolve("./conformance-page.ts"))],
  ...{ bundle: true, write: false, format: "esm", conditions: ["@plotcast/source"] },
});

/** Runs in a page whose screen has `ratio` device pixels to a CSS pixel. */
async function openAt(browser: Browser, ratio: number): Promise<Page> {
  const viewport = { width: 900, height: 700 };
  const context = await browser.newContext({ deviceScaleFactor: ratio, viewport });
  const page = await context.newPage();
  // A document with a doctype: in quirks mode sizes are not what they seem.
  await page.setContent("<!doctype html><title>conformance</title>");
  const content = (await bundle).outputFiles[0]!.text;
  await page.addScriptTag({ content, type: "module" });
  await page.waitForFunction(() => "conformancePage" in globalThis);
  return page;
}

for (const name of browserNames) {
  for (const ratio of [1, 2]) {
    test(`${name}, ${ratio} to 1: all renderers draw what the contract says`, async (t) => {
      const browser = await openBrowser(t, name);
      if (!browser) return;
      const page = await openAt(browser, ratio);
      assert.equal(await page.evaluate(() => devicePixelRatio), ratio);
      const { renderers, cases } = await page.evaluate(() => conformancePage);
      for (const renderer of renderers) {
        for (const claim of cases) {
          await t.test(`${renderer}: ${claim}`, async () => {
            const args = [renderer, claim] as const;
            assert.deepEqual(await page.evaluate((all) => conformancePage.judge(...all), args), []);
          });
        }
      }
    });
  }
}

test("conformance: the renderer in the guide is the one that is tested, and is short", async () => {
  const read = (file: string) => readFile(path.join(import.meta.dirname, "../..", file), "utf8");
  const guide = await read("docs/guide/renderers.md");
  const blocks = [...guide.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code);
  const paper = await read("examples/renderer/paper.ts");
  assert.deepEqual(blocks, [paper, await read("examples/renderer/main.ts")]);
  assert.ok(paper.split("\n").length <= 61, "sixty lines");
});

test("conformance: a renderer that does something else is found out", async (t) => {
  const browser = await openBrowser(t, "chromium");
  if (!browser) return;
  const page = await openAt(browser, 1);
  const { saboteurs, cases } = await page.evaluate(() => conformancePage);
  const proven = new Set(saboteurs.map(([, claim]) => claim));
  assert.deepEqual([...proven].sort(), [...cases].sort(), "each case finds out somebody");
  for (const [saboteur, claim] of saboteurs) {
    await t.test(saboteur, async () => {
      const args = ["the example's", claim, saboteur] as const;
      const problems = await page.evaluate((all) => conformancePage.judge(...all), args);
      assert.notDeepEqual(problems, [], `nobody notices, although ${claim}`);
    });
  }
});
