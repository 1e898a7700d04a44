import { readFileSync } from "node:fs";
import { chromium, type Page } from "playwright-core";
import { cpuMs } from "../fanout/proc.ts";
import type { Report } from "./pages/page.ts";

const args = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
  ...["--disable-background-networking", "--disable-component-update"],
];

/** One page in a browser of its own, so that nothing is left of the one before. */
export type Opened = {
  readonly page: Page;
  /** Of all processes of the browser. */
  readonly cpuMs: () => number;
  readonly metrics: () => Promise<Metrics>;
  readonly report: () => Promise<Report>;
  readonly collectGarbage: () => Promise<void>;
};

/** Seconds the main thread was busy, and with script; bytes of its heap. */
export type Metrics = { readonly task: number; readonly script: number; readonly heap: number };

/** Opens an address in Chromium for as long as `use` takes. */
export async function withPage<Result>(
  address: string,
  viewport: { readonly width: number; readonly height: number },
  use: (opened: Opened) => Promise<Result>,
): Promise<Result> {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const server = await chromium.launchServer({ executablePath, args });
  try {
    const browser = await chromium.connect(server.wsEndpoint());
    const page = await browser.newPage({ viewport });
    page.on("pageerror", (error) => console.error(`the page said: ${error.message}`));
    const session = await page.context().newCDPSession(page);
    await session.send("Performance.enable");
    await page.goto(address);
    const pid = server.process().pid!;
    return await use({
      page,
      cpuMs: () => cpuMs(pid),
      metrics: async () => {
        const { metrics } = await session.send("Performance.getMetrics");
        const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? 0;
        return {
          task: of("TaskDuration"),
          script: of("ScriptDuration"),
          heap: of("JSHeapUsedSize"),
        };
      },
      report: () => page.evaluate("bench()") as Promise<Report>,
      collectGarbage: async () => {
        await session.send("HeapProfiler.collectGarbage");
      },
    });
  } finally {
    await server.kill();
  }
}

/** Processor time that the host took away from this machine so far, and all that passed, in ticks. */
export function stealTicks(): { readonly stolen: number; readonly all: number } {
  const fields = readFileSync("/proc/stat", "utf8").split("\n", 1)[0]!.split(/\s+/).slice(1);
  const ticks = fields.slice(0, 8).map(Number);
  return { stolen: ticks[7] ?? 0, all: ticks.reduce((sum, one) => sum + one, 0) };
}
