import type { TestContext } from "node:test";
import { type Browser, type BrowserContext, chromium, firefox, type Page } from "playwright-core";
import { requireTool } from "./tools.ts";

export const browserNames = ["chromium", "firefox"] as const;
export type BrowserName = (typeof browserNames)[number];

// A browser that looks for updates and pings home would only wait for a network that is not there.
const chromiumArgs = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
  ...["--disable-background-networking", "--disable-component-update"],
];

/**
 * The system's own browser; undefined where it is missing and the test is skipped. `keepsPages`: pages
 * that are left are kept, if the browser likes, and are as they were when somebody comes back.
 */
export async function openBrowser(
  t: TestContext,
  name: BrowserName,
  { keepsPages = false } = {},
): Promise<Browser | undefined> {
  const executablePath = requireTool(t, name);
  if (executablePath === undefined) return undefined;
  const browser =
    name === "chromium"
      ? await chromium.launch({
          ...{ executablePath, args: chromiumArgs },
          ignoreDefaultArgs: keepsPages ? ["--disable-back-forward-cache"] : [],
        })
      : // "moz-firefox" is the Firefox that everyone has, not one that was built for tests.
        await firefox.launch({ executablePath, channel: "moz-firefox" });
  t.after(() => browser.close());
  return browser;
}

/** Of the empty style that Playwright itself adds to a page in Firefox before it takes a picture. */
const playwrightStyle = "sha256-YjaKGiklmzC6wjXA513HAMmzus8VE61XCOT+SmwNZWA=";

type View = {
  width?: number;
  height?: number;
  dark?: boolean;
  /** What browsers say on the console of requests that are meant to fail. */
  expected?: RegExp;
};

/** A page of its own; whatever goes wrong in it fails the test. */
export async function openPage(
  t: TestContext,
  browser: Browser,
  { width = 1280, height = 800, dark = false, expected = /(?!)/ }: View = {},
): Promise<Page> {
  const context: BrowserContext = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? "dark" : "light",
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", ({ message }) => {
    if (!message.includes(playwrightStyle) && !expected.test(message)) errors.push(message);
  });
  page.on("console", (message) => {
    // A server that is down is no mistake of the page; what it does about it is tested.
    const text = message.text();
    if (message.type() !== "error" || expected.test(text)) return;
    if (!/ERR_|NetworkError|Failed to load/.test(text)) errors.push(text);
  });
  t.after(async () => {
    await context.close();
    if (errors.length > 0) throw new Error(`the page said: ${errors.join("; ")}`);
  });
  return page;
}
