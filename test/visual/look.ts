import type { Page } from "playwright-core";

/** A text on the screen, as far as it is not clipped: where it is, and how it stands out. */
type Words = {
  readonly text: string;
  readonly box: { left: number; top: number; right: number; bottom: number };
  readonly contrast: number;
};

/** Every text that can be seen on a page, also in shadow trees; overlays are left out. */
async function textsOf(page: Page): Promise<Words[]> {
  return await page.evaluate(() => {
    type Box = Words["box"];
    const texts: Words[] = [];

    /** The parent, out of a shadow tree as well. */
    const above = (node: Node): Element | null =>
      node instanceof Element && node.assignedSlot
        ? node.assignedSlot
        : (node.parentElement ??
          (node.parentNode instanceof ShadowRoot ? node.parentNode.host : null));

    const clipped = (box: Box, from: Node): Box => {
      let { left, top, right, bottom } = box;
      for (let at = above(from); at; at = above(at)) {
        if (getComputedStyle(at).overflow === "visible") continue;
        const edge = at.getBoundingClientRect();
        left = Math.max(left, edge.left);
        top = Math.max(top, edge.top);
        right = Math.min(right, edge.right);
        bottom = Math.min(bottom, edge.bottom);
      }
      return { left, top, right, bottom };
    };

    const channels = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number);
    const luminance = (color: string) => {
      const [r = 0, g = 0, b = 0] = channels(color).map((part) => {
        const share = part / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (from: Node): string => {
      for (let at = above(from); at; at = above(at)) {
        const { backgroundColor } = getComputedStyle(at);
        if ((channels(backgroundColor)[3] ?? 1) === 1) return backgroundColor;
      }
      return "rgb(255, 255, 255)";
    };

    const visit = (root: Node): void => {
      for (const node of root.childNodes) {
        if (node instanceof Element) {
          if (node.matches("script, style, noscript, .unseen, .spoken, .notice, .overlay"))
            continue;
          if (node.shadowRoot) visit(node.shadowRoot);
          visit(node);
          continue;
        }
        const parent = above(node);
        if (!(node instanceof Text) || !parent || node.data.trim() === "") continue;
        if (!parent.checkVisibility({ visibilityProperty: true })) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const rect of range.getClientRects()) {
          const box = clipped(rect, node);
          if (box.right - box.left < 1 || box.bottom - box.top < 1) continue;
          const [low, high] = [luminance(getComputedStyle(parent).color), luminance(behind(node))]
            .map((light) => light + 0.05)
            .sort((a, b) => a - b);
          texts.push({ text: node.data.trim(), box, contrast: high! / low! });
        }
      }
    };
    visit(document.body);
    return texts;
  });
}

/** What is wrong with the look of a page, one line each: texts over texts, pale texts, a page too wide. */
export async function flawsOf(page: Page): Promise<string[]> {
  const texts = await textsOf(page);
  const pale = texts
    .filter(({ contrast }) => contrast < 4.5)
    .map(({ text, contrast }) => `"${text}" has a contrast of ${contrast.toFixed(1)}:1`);
  const over = texts.flatMap((a, i) =>
    texts
      .slice(i + 1)
      .filter((b) => overlap(a.box, b.box))
      .map((b) => `"${a.text}" and "${b.text}" are over each other`),
  );
  const [wanted, width] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    innerWidth,
  ]);
  const wide = wanted! > width! ? [`the page is ${wanted} px wide on a screen of ${width} px`] : [];
  return [...wide, ...pale, ...over];
}

// Line boxes may touch: letters do not fill them.
function overlap(a: Words["box"], b: Words["box"]): boolean {
  const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return across > 1 && down > 3;
}

/**
 * From now on, how far things on the page shift by themselves; Chromium only. Returns what tells how
 * far that was.
 */
export async function watchShifts(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const scope = globalThis as { shifted?: number };
    scope.shifted = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        scope.shifted! += (entry as unknown as { value: number }).value;
      }
    }).observe({ type: "layout-shift" });
  });
  return () => page.evaluate(() => (globalThis as { shifted?: number }).shifted!);
}

/** Where the plots of all charts begin, from the top of the page. */
export async function plotTopsOf(page: Page): Promise<number[]> {
  return await page.evaluate(() =>
    [...document.querySelectorAll("live-chart")].map(
      (chart) =>
        scrollY + (chart.shadowRoot?.querySelector(".plot")?.getBoundingClientRect().top ?? 0),
    ),
  );
}

/** How light the lines of the grid are on average, 0 to 255: the grey that most pixels have. */
export async function gridLightOf(page: Page, chart: number): Promise<number> {
  return await page.evaluate((index) => {
    const element = document.querySelectorAll("live-chart")[index];
    const canvas = element?.shadowRoot?.querySelector("canvas");
    if (!canvas || canvas.width === 0) return Number.NaN;
    const context = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d")!;
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const greys = new Map<number, number>();
    for (let i = 0; i < data.length; i += 4) {
      const [r, g, b, a] = [data[i]!, data[i + 1]!, data[i + 2]!, data[i + 3]!];
      if (a < 250 || Math.max(r, g, b) - Math.min(r, g, b) > 12) continue;
      greys.set(g, (greys.get(g) ?? 0) + 1);
    }
    return [...greys].sort(([, a], [, b]) => b - a)[0]?.[0] ?? Number.NaN;
  }, chart);
}

/** The pixels that have a colour, of each chart on the page. */
export async function inkOfEach(page: Page): Promise<number[]> {
  return await page.evaluate(() =>
    [...document.querySelectorAll("live-chart")].map((chart) => {
      const canvas = chart.shadowRoot?.querySelector("canvas");
      if (!canvas || canvas.width === 0) return 0;
      const context = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d")!;
      context.drawImage(canvas, 0, 0);
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      let ink = 0;
      for (let i = 0; i < data.length; i += 4) {
        const [r, g, b, a] = [data[i]!, data[i + 1]!, data[i + 2]!, data[i + 3]!];
        if (a > 100 && Math.max(r, g, b) - Math.min(r, g, b) > 40) ink++;
      }
      return ink;
    }),
  );
}
