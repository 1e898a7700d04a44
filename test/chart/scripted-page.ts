import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Page } from "playwright-core";

const bundles = new Map<string, Promise<string>>();

/**
 * Opens a page of our own making, whose script is a module of ours and what that imports, at
 * `/page.js`. `element`: the one that is there when it has run.
 */
export async function openScripted(
  page: Page,
  script: URL,
  html: string,
  element: string,
): Promise<void> {
  const entry = fileURLToPath(script);
  const bundle = bundles.get(entry) ?? bundleOf(entry);
  bundles.set(entry, bundle);
  const text = await bundle;
  await page.route("http://localhost/**", (route) => {
    const { pathname } = new URL(route.request().url());
    return pathname === "/page.js"
      ? route.fulfill({ contentType: "text/javascript", body: text })
      : route.fulfill({ contentType: "text/html", body: pathname === "/" ? html : "" });
  });
  await page.goto("http://localhost/");
  await page.waitForFunction((name) => customElements.get(name) !== undefined, element);
}

async function bundleOf(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    ...{ bundle: true, write: false, format: "esm" },
    target: ["chrome111", "firefox115", "safari16.4"],
    conditions: ["@plotcast/source"],
  });
  return outputFiles[0]!.text;
}
