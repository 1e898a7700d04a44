import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Page } from "playwright-core";

let script: Promise<string> | undefined;

/** What the browser runs: the parts of a chart, and a chart that is nothing else. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("./parts-page.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    target: ["chrome111", "firefox115", "safari16.4"],
    conditions: ["@plotcast/source"],
  });
  return outputFiles[0]!.text;
}

/** A page with one such chart, in a window of its own or as `html` says. */
export async function openParts(page: Page, html = chartHtml): Promise<void> {
  script ??= bundle();
  const text = await script;
  await page.route("http://localhost/**", (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === "/parts.js")
      return route.fulfill({ contentType: "text/javascript", body: text });
    return route.fulfill({ contentType: "text/html", body: pathname === "/" ? html : "" });
  });
  await page.goto("http://localhost/");
  await page.waitForFunction(() => customElements.get("parts-chart") !== undefined);
}

const chartHtml = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Parts</title>
<meta name="viewport" content="width=device-width">
<style>:root { color-scheme: light dark } body { margin: 16px; background: Canvas; color: CanvasText }</style>
<main>
<h1>Parts</h1>
<button id="before">before</button>
<parts-chart title="Kitchen" src="/v1/stream" zone="Europe/Berlin" style="inline-size: 600px"></parts-chart>
<button id="after">after</button>
</main>
<script type="module" src="/parts.js"></script>
`;
