import path from "node:path";
import { setTimeout as elapsed } from "node:timers/promises";
import { median, printTable, quantile, text } from "../store/figures.ts";
import { answering, freePort } from "../store/http.ts";
import { type Scratch, withScratch } from "../store/scratch.ts";
import { withPage } from "./chromium.ts";
import { flagOr } from "./flags.ts";

/*
 * From a POST to the changed pixel in Chromium, with the disk in between, while the server takes in
 * other samples that the same page draws.
 */
const rounds = flagOr("rounds", 100);
const viewport = { width: 1280, height: 900 };
const main = path.join(import.meta.dirname, "../../packages/plotcast/src/main.ts");

await withScratch(async (scratch) => {
  const rows: string[][] = [];
  for (const perSecond of [1000, 10_000]) {
    const times = await measure(scratch, perSecond);
    rows.push([
      `${perSecond.toLocaleString("en")} samples/s`,
      ...[median(times), quantile(times, 0.99)].map((ms) => text(ms)),
    ]);
  }
  printTable(["", "POST to pixel p50 ms", "p99 ms"], rows);
});

async function measure(scratch: Scratch, perSecond: number): Promise<number[]> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = ["--port", String(port), "--data", scratch.folder(`at-${perSecond}`)];
  const { stop } = scratch.start(process.execPath, ["-C", "@plotcast/source", main, ...args]);
  await answering(`${url}/healthz`);
  const off = new AbortController();
  const load = publish(url, perSecond, off.signal);
  await post(`${url}/probe`, "0");
  try {
    return await withPage(`${url}/load.0`, viewport, async ({ page }) => {
      await page.evaluate(addProbe, url);
      await elapsed(3000);
      const times: number[] = [];
      for (let i = 1; i <= rounds; i++) {
        const changed = page.evaluate("moved()") as Promise<number>;
        await elapsed(100 + 50 * Math.random());
        const since = performance.timeOrigin + performance.now();
        await post(`${url}/probe`, String(i % 2 === 0 ? 0 : 1000));
        times.push((await changed) - since);
      }
      return times;
    });
  } finally {
    off.abort();
    await load;
    await stop();
  }
}

/** In the page: a second chart, and a way to be told when its pixels change. */
function addProbe(url: string): void {
  const chart = document.createElement("live-chart");
  chart.setAttribute("src", `${url}/v1/stream?series=probe`);
  chart.setAttribute("window", "20");
  document.body.prepend(chart);
  const print = () => {
    const canvas = chart.shadowRoot!.querySelector("canvas");
    if (!canvas || canvas.width === 0) return 0;
    const copy = new OffscreenCanvas(canvas.width, canvas.height);
    const context = copy.getContext("2d", { willReadFrequently: true })!;
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    let sum = 0;
    for (let i = 3; i < data.length; i += 4) sum = (sum * 31 + data[i]! * i) % 4294967291;
    return sum;
  };
  const moved = () => {
    const before = print();
    return new Promise<number>((resolve) => {
      const look = () => {
        if (print() === before) requestAnimationFrame(look);
        else resolve(performance.timeOrigin + performance.now());
      };
      look();
    });
  };
  Object.assign(globalThis, { moved });
}

/** Hundred samples in a body, as an agent sends them, as often as it takes. */
async function publish(url: string, perSecond: number, signal: AbortSignal): Promise<void> {
  const batch = 100;
  const everyMs = (1000 * batch) / perSecond;
  for (let next = performance.now(); !signal.aborted; next += everyMs) {
    const lines = Array.from({ length: batch }, (_, i) => `{"load.${i}":${Math.random()}}`);
    await post(`${url}/v1/samples`, lines.join("\n"));
    await elapsed(Math.max(0, next + everyMs - performance.now()));
  }
}

async function post(url: string, body: string): Promise<void> {
  const response = await fetch(url, { method: "POST", body });
  if (response.status !== 204) throw new Error(await response.text());
}
