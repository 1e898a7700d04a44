import { setTimeout as elapsed } from "node:timers/promises";
import { median, quantile } from "../store/figures.ts";
import { stealTicks, withPage } from "./chromium.ts";
import type { Setup } from "./pages/setup.ts";

export type Figures = {
  /** Of all processes of the browser, in percent of one core. */
  readonly cpu: number;
  /** The main thread: busy at all, and with script, in percent. */
  readonly task: number;
  readonly script: number;
  readonly fps: number;
  /** Milliseconds between frames. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly drawsPerSecond: number;
  /** Milliseconds of script in a drawing, where that can be timed. */
  readonly drawMs: number;
  /** Milliseconds that the page had fallen behind at the end. */
  readonly behindMs: number;
  /** Percent of the machine's time that its host gave to others. */
  readonly steal: number;
};

export type Plan = {
  readonly site: string;
  readonly setup: Omit<Setup, "variant">;
  readonly variants: readonly string[];
  readonly rounds: number;
  readonly seconds: number;
  readonly viewport: { readonly width: number; readonly height: number };
};

/** Compilers and caches have settled by then. */
const settleMs = 4000;
/** A page that does not answer by then is said to answer never. */
const patienceMs = 30_000;

/** Measures every variant in turn, and that several times: medians of what each round saw. */
export async function measureAll(plan: Plan): Promise<Map<string, Figures>> {
  const seen = new Map<string, Figures[]>(plan.variants.map((variant) => [variant, []]));
  for (let round = 0; round < plan.rounds; round++) {
    for (const variant of plan.variants) {
      const figures = await measureOnce(plan, variant);
      if (figures) seen.get(variant)!.push(figures);
      else console.log(`${variant}: the page did not answer`);
    }
  }
  const medians = [...seen].map(([variant, all]) => [variant, medianOf(all)] as const);
  return new Map(medians.filter(([, figures]) => !Number.isNaN(figures.cpu)));
}

/** Undefined if the page was too busy to answer. */
export function measureOnce(plan: Plan, variant: string): Promise<Figures | undefined> {
  return withPage(addressOf(plan, variant), plan.viewport, async (opened) => {
    const watch = async () => {
      await elapsed(settleMs);
      await opened.report();
      const [before, cpuBefore, stealBefore] = [
        await opened.metrics(),
        opened.cpuMs(),
        stealTicks(),
      ];
      const since = performance.now();
      await elapsed(plan.seconds * 1000);
      const cpuAfter = opened.cpuMs();
      const [after, stealAfter] = [await opened.metrics(), stealTicks()];
      const ms = performance.now() - since;
      const { frames, draws, drawMs, behindMs } = await opened.report();
      return {
        cpu: ((cpuAfter - cpuBefore) / ms) * 100,
        task: ((after.task - before.task) * 1e5) / ms,
        script: ((after.script - before.script) * 1e5) / ms,
        fps: (frames.length * 1000) / ms,
        ...{ p50: median(frames), p95: quantile(frames, 0.95), p99: quantile(frames, 0.99) },
        ...{ drawsPerSecond: (draws * 1000) / ms, drawMs: median(drawMs), behindMs },
        steal:
          ((stealAfter.stolen - stealBefore.stolen) * 100) / (stealAfter.all - stealBefore.all),
      };
    };
    const given = elapsed(patienceMs + plan.seconds * 1000, undefined, { ref: false });
    return Promise.race([watch(), given]);
  }).catch((error: Error) => {
    // Of a page that is too busy to be loaded.
    if (error.name !== "TimeoutError") throw error;
    return undefined;
  });
}

export function addressOf({ site, setup }: Plan, variant: string): string {
  const asked = new URL(site);
  const { spanMs, apart, ...others } = setup;
  asked.search = new URLSearchParams(
    Object.entries({ ...others, span: spanMs / 1000, variant }).map(([name, value]) => [
      name,
      String(value),
    ]),
  ).toString();
  if (apart) asked.searchParams.set("apart", "");
  return asked.href;
}

function medianOf(all: readonly Figures[]): Figures {
  const of = (pick: (figures: Figures) => number) => median(all.map(pick));
  return {
    ...{ cpu: of(({ cpu }) => cpu), task: of(({ task }) => task) },
    ...{ script: of(({ script }) => script), fps: of(({ fps }) => fps) },
    ...{ p50: of(({ p50 }) => p50), p95: of(({ p95 }) => p95), p99: of(({ p99 }) => p99) },
    ...{ drawsPerSecond: of((one) => one.drawsPerSecond), drawMs: of((one) => one.drawMs) },
    ...{ behindMs: of((one) => one.behindMs), steal: of((one) => one.steal) },
  };
}
