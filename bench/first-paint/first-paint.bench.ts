import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Browser, chromium } from "playwright-core";
import { findTool } from "../../scripts/system-tools.js";

/**
 * How long a person waits: from `npm start` (everything set up) to an address that answers, and from
 * a POST to the changed pixel in Chromium, with the disk in between.
 */
const root = path.join(import.meta.dirname, "../..");
/** Where folders for samples are made; the system's own folder for such things. */
const data = path.join(tmpdir(), "plotcast-bench-");

const starts: number[] = [];
for (let i = 0; i < 7; i++) {
  const began = performance.now();
  const { child } = await npmStart();
  starts.push(performance.now() - began);
  await end(child);
}
report("npm start, everything set up, to listening", starts);

const executablePath = findTool("chromium");
if (executablePath === undefined) {
  console.log("POST to the changed pixel: not measured, there is no Chromium");
} else {
  const { child, url } = await npmStart();
  const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];
  const browser = await chromium.launch({ executablePath, args });
  try {
    const { answered, drawn } = await postToPixel(browser, url);
    report("POST to its 204, the sample being durable", answered);
    report("POST to the changed pixel in Chromium", drawn);
  } finally {
    await browser.close();
    await end(child);
  }
}

async function postToPixel(browser: Browser, url: string) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.addInitScript(installInk);
  const answered: number[] = [];
  const drawn: number[] = [];
  for (let i = 1; i <= 15; i++) {
    const series = `${url}/pixel${i}`;
    for (const value of [1, 1, 1]) await post(series, value);
    await page.goto(series);
    // Until it is drawn; asking for pixels again and again would keep the page from drawing.
    await delay(800 + Math.random() * 100);
    const changed = page.evaluate(`moved(${await page.evaluate("ink()")})`) as Promise<number>;
    await delay(50);
    const began = performance.timeOrigin + performance.now();
    // So much higher that the line goes from the bottom to the top.
    await post(series, 1000);
    answered.push(performance.timeOrigin + performance.now() - began);
    drawn.push((await changed) - began);
  }
  return { answered, drawn };
}

/** In the page: how many pixels the line has, and when these are many more or fewer, Unix ms. */
function installInk(): void {
  function ink(): number {
    const canvas = document.querySelector("live-chart")?.shadowRoot?.querySelector("canvas");
    if (!canvas?.width) return 0;
    const copy = new OffscreenCanvas(canvas.width, canvas.height);
    const context = copy.getContext("2d", { willReadFrequently: true })!;
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) {
      const [r, g, b, a] = [data[i]!, data[i + 1]!, data[i + 2]!, data[i + 3]!];
      if (a >= 100 && Math.max(r, g, b) - Math.min(r, g, b) >= 40) count++;
    }
    return count;
  }
  function moved(before: number): Promise<number> {
    return new Promise((resolve) => {
      const look = () => {
        if (Math.abs(ink() - before) < 100) requestAnimationFrame(look);
        else resolve(performance.timeOrigin + performance.now());
      };
      look();
    });
  }
  Object.assign(globalThis, { ink, moved });
}

async function npmStart(): Promise<{ child: ChildProcess; url: string }> {
  const args = ["start", "--", "--port", "0", "--log-level", "silent", "--data", mkdtempSync(data)];
  const child = spawn("npm", args, {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  let output = "";
  for await (const chunk of child.stdout!) {
    output += chunk;
    const url = /http:\/\/[\w.]+:\d+/.exec(output)?.[0];
    if (!url) continue;
    const { status } = await fetch(`${url}/v1/series`);
    if (status === 200) return { child, url };
  }
  throw new Error(`npm start ended: ${output}`);
}

async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, "exit");
  // npm and what it started.
  process.kill(-child.pid!, "SIGTERM");
  await exited;
}

async function post(series: string, value: number): Promise<void> {
  const response = await fetch(series, { method: "POST", body: String(value) });
  if (response.status !== 204) throw new Error(await response.text());
}

function report(what: string, times: number[]): void {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.floor(part * (sorted.length - 1))]!.toFixed(0);
  console.log(`${what}: median ${at(0.5)} ms (${at(0)} to ${at(1)}, n = ${sorted.length})`);
}
