import type { Page } from "playwright-core";

/**
 * How much data a chart shows: its pixels that have a colour. Axes, grids and texts are grey, so a
 * chart without a line has none.
 */
export async function inkOf(page: Page, selector = "live-chart"): Promise<number> {
  return await page.evaluate((css) => {
    let ink = 0;
    for (const chart of document.querySelectorAll(css)) {
      for (const canvas of chart.shadowRoot?.querySelectorAll("canvas") ?? []) {
        if (canvas.width === 0 || canvas.height === 0) continue;
        const context = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d")!;
        context.drawImage(canvas, 0, 0);
        const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
        for (let i = 0; i < data.length; i += 4) {
          const [r, g, b, a] = [data[i]!, data[i + 1]!, data[i + 2]!, data[i + 3]!];
          if (a > 100 && Math.max(r, g, b) - Math.min(r, g, b) > 40) ink++;
        }
      }
    }
    return ink;
  }, selector);
}

/** The text that a chart shows besides its canvas: title, status, legend. */
export async function textOf(page: Page, selector = "live-chart"): Promise<string> {
  return await page.evaluate(
    (css) =>
      [...document.querySelectorAll(css)]
        .map((chart) => chart.shadowRoot?.textContent ?? "")
        .join("\n"),
    selector,
  );
}

/** Asks again until it holds; the browser draws when it likes. */
export async function eventually(
  what: string,
  holds: () => Promise<boolean>,
  timeoutMs = 30_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs / 1000} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
