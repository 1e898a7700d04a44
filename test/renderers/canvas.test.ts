import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import { browserNames, openBrowser, openPage } from "../browsers.ts";
import type { CanvasPage } from "./canvas-page.ts";

declare const canvasPage: CanvasPage;

const bundle = build({
  entryPoints: [fileURLToPath(import.meta.resolve("./canvas-page.ts"))],
  ...{ bundle: true, write: false, format: "iife", conditions: ["@plotcast/source"] },
});

async function load(page: Page): Promise<void> {
  await page.addScriptTag({ content: (await bundle).outputFiles[0]!.text });
}

for (const name of browserNames) {
  test(`${name}: after any drawings, a scrolled canvas has the pixels of a new one`, async (t) => {
    const browser = await openBrowser(t, name);
    if (!browser) return;
    const page = await openPage(t, browser);
    await load(page);
    const painted: number[] = [];
    for (let seed = 1; seed <= 24; seed++) {
      const ratio = [1, 1.25, 1.5, 2][seed % 4]!;
      const run = [seed, ratio, 80] as const;
      const report = await page.evaluate((args) => canvasPage.compare(...args), run);
      assert.equal(report.wrong, 0, `seed ${seed}, ratio ${ratio}: ${JSON.stringify(report)}`);
      assert.ok(report.ink > 500, `seed ${seed} has drawn something`);
      painted.push(report.painted);
    }
    painted.sort((a, b) => a - b);
    t.diagnostic(`columns painted of those in view: ${painted[12]!.toFixed(2)} (median)`);
    assert.ok(painted[12]! < 0.5, `most pixels were moved, not painted: ${painted}`);
  });

  test(`${name}: charts that are drawn in turns show each its own, and at the end nothing is left`, async (t) => {
    const browser = await openBrowser(t, name);
    if (!browser) return;
    const page = await openPage(t, browser);
    await load(page);
    assert.equal(await page.evaluate(() => canvasPage.share()), 0);
    const left = { width: 0, height: 0, elements: 0 };
    assert.deepEqual(await page.evaluate(() => canvasPage.end()), left);
  });
}
