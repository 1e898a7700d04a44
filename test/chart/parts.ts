import type { Page } from "playwright-core";
import { openScripted } from "./scripted-page.ts";

/** A page with one such chart, in a window of its own or as `html` says. */
export async function openParts(page: Page, html = chartHtml): Promise<void> {
  const script = new URL("./parts-page.ts", import.meta.url);
  await openScripted(page, script, html, "parts-chart");
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
<script type="module" src="/page.js"></script>
`;
