import type { TestContext } from "node:test";
import type { Browser, Page } from "playwright-core";
import type { LiveChart } from "../../packages/chart/src/live-chart.ts";
import { openPage } from "../browsers.ts";
import { eventually } from "../ink.ts";

/** What a reader sees of a chart beside its lines. */
export type Seen = {
  readonly chip: string;
  /** Who points at the chip reads this. */
  readonly hint: string;
  /** Beside the chip, while there are data in sight. */
  readonly note: string;
  /** In the plot, in place of data. */
  readonly message: string;
  readonly legend: string;
  readonly bands: readonly { readonly kind: string; readonly text: string }[];
};

/** What browsers say on their consoles of requests that fail; pages cannot keep them from it. */
const ofRequests = /CORS|Same Origin Policy|Cross-Origin|status of \d|responded with/i;

/** A page of a site that charts can be put on; whatever goes wrong in it fails the test. */
export async function openCharts(
  t: TestContext,
  browser: Browser,
  site: string,
  { fakeClock = false, ...view }: Parameters<typeof openPage>[2] & { fakeClock?: boolean } = {},
): Promise<Page> {
  const page = await openPage(t, browser, { ...view, expected: ofRequests });
  if (fakeClock) await page.clock.install();
  await page.goto(site);
  await page.waitForFunction(() => customElements.get("live-chart") !== undefined);
  return page;
}

/** Puts these on the page, in place of those before. */
export async function put(page: Page, html: string): Promise<void> {
  await page.evaluate((text) => {
    document.body.innerHTML = text;
  }, html);
}

export async function see(page: Page, chart = "live-chart"): Promise<Seen> {
  return await page.evaluate((css) => {
    const root = document.querySelector(css)?.shadowRoot;
    const text = (name: string) => {
      const element = root?.querySelector<HTMLElement>(name);
      return element && !element.hidden
        ? (element.textContent ?? "").replaceAll("\u00a0", " ")
        : "";
    };
    return {
      chip: text(".chip"),
      hint: root?.querySelector<HTMLElement>(".chip")?.title ?? "",
      note: text(".note"),
      message: text(".message"),
      legend: text(".legend"),
      bands: [...(root?.querySelectorAll<HTMLElement>(".band") ?? [])].map((band) => ({
        kind: band.className.replace("band ", ""),
        text: band.title.replaceAll("\u00a0", " "),
      })),
    };
  }, chart);
}

/** Waits until what is seen is as it should be, and says what it was if it never is. */
export async function seen(
  page: Page,
  what: string,
  holds: (seen: Seen) => boolean,
  chart = "live-chart",
): Promise<Seen> {
  let last: Seen | undefined;
  try {
    await eventually(what, async () => {
      last = await see(page, chart);
      return holds(last);
    });
  } catch (error) {
    throw new Error(`${(error as Error).message}, saw ${JSON.stringify(last)}`);
  }
  return last!;
}

/** What a chart shows, as its CSV has it. */
export type Shown = {
  readonly names: readonly string[];
  /** Times and values of each column; NaN: known to be absent. */
  readonly columns: readonly (readonly (readonly [time: number, value: number])[])[];
  readonly notes: readonly string[];
};

export async function shown(page: Page, chart = "live-chart"): Promise<Shown> {
  const text = await page.evaluate(
    async (css) => (await document.querySelector<LiveChart>(css)?.toCSV()) ?? "",
    chart,
  );
  const [header = [], ...rows] = text
    .split("\r\n")
    .filter((line) => line !== "")
    .map(cellsOf);
  const names = header.slice(2, -1);
  return {
    names,
    columns: names.map((_, i) =>
      rows.flatMap((row): [number, number][] => {
        const cell = row[2 + i]!;
        return row.at(-1) === "" && cell !== "" ? [[Date.parse(row[0]!), Number(cell)]] : [];
      }),
    ),
    notes: rows.map((row) => row.at(-1)!).filter((note) => note !== ""),
  };
}

/** Waits until what is shown is as it should be, and says what it was if it never is. */
export async function shows(
  page: Page,
  what: string,
  holds: (shown: Shown) => boolean,
  chart = "live-chart",
): Promise<Shown> {
  let last: Shown | undefined;
  try {
    await eventually(what, async () => {
      last = await shown(page, chart);
      return holds(last);
    });
  } catch (error) {
    throw new Error(`${(error as Error).message}, had ${JSON.stringify(last).slice(0, 2000)}`);
  }
  return last!;
}

function cellsOf(line: string): string[] {
  return [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain!,
  );
}

/** The text of the panel of details, as somebody gets it with the mouse. */
export async function detailsOf(page: Page, chart = "live-chart"): Promise<string> {
  const element = page.locator(chart).first();
  await element.locator(".canvas").hover();
  await element.getByRole("button", { name: "Chart menu" }).click();
  await element.getByRole("menuitem", { name: "Details" }).click();
  const text = await element.getByRole("dialog").innerText();
  await page.keyboard.press("Escape");
  return text.replaceAll("\u00a0", " ");
}

/** How many pixels with a colour there are where a band is, its edges left out: dots reach into it. */
export async function inkWithin(page: Page, band: string, chart = "live-chart"): Promise<number> {
  return await page.evaluate(
    ([css, name]) => {
      const root = document.querySelector(css!)!.shadowRoot!;
      const canvas = root.querySelector<HTMLCanvasElement>(".canvas canvas")!;
      const box = canvas.getBoundingClientRect();
      const ratio = canvas.width / box.width;
      const area = root.querySelector(`.band.${name}`)!.getBoundingClientRect();
      const left = Math.ceil((area.left - box.left + 6) * ratio);
      const width = Math.floor((area.width - 12) * ratio);
      if (width < 1) throw new Error(`the band is ${area.width} px wide: too narrow to look into`);
      const top = Math.ceil((area.top - box.top) * ratio);
      const context = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d")!;
      context.drawImage(canvas, 0, 0);
      const { data } = context.getImageData(left, top, width, Math.floor(area.height * ratio));
      let ink = 0;
      for (let i = 0; i < data.length; i += 4) {
        const [r, g, b, a] = [data[i]!, data[i + 1]!, data[i + 2]!, data[i + 3]!];
        if (a > 100 && Math.max(r, g, b) - Math.min(r, g, b) > 40) ink++;
      }
      return ink;
    },
    [chart, band],
  );
}
