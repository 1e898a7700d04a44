import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = import.meta.dirname;

/** Serves the page that all are compared on; returns its address. */
export async function startSite(signal: AbortSignal): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path.join(here, "pages/page.ts")],
    ...{ bundle: true, minify: true, format: "esm", write: false, target: "chrome120" },
    conditions: ["@plotcast/source"],
    logLevel: "error",
  });
  const script = outputFiles[0]!.contents;
  const oldChart = await readFile(
    fileURLToPath(import.meta.resolve("chart.js-2/dist/Chart.min.js")),
  );
  const uplotCss = await readFile(fileURLToPath(import.meta.resolve("uplot/dist/uPlot.min.css")));
  const html = `<!doctype html><meta charset="utf-8"><title>bench</title>
    <style>${uplotCss} body { margin: 0; display: flex; flex-wrap: wrap; align-content: flex-start; }</style>
    <script type="module" src="/page.js"></script>`;
  const server = createServer(({ url = "/" }, response) => {
    const { pathname } = new URL(url, "http://localhost");
    const isScript = pathname.endsWith(".js");
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    if (pathname === "/page.js") response.end(script);
    else if (pathname === "/chart-2.js") response.end(oldChart);
    else response.end(html);
  });
  signal.addEventListener("abort", () => server.close(), { once: true });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
