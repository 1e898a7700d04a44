import type { CreateRenderer } from "../renderer.ts";
import { createCanvasRenderer } from "./canvas.ts";

/** How a renderer is had when a chart asks for it first. */
export type LoadRenderer = () => Promise<CreateRenderer>;

// By import, so that a page loads only what its charts ask for. Those whose libraries are not ours to
// install are registered by whoever has them: `live-chart-bundle.ts` does.
const loaders = new Map<string, LoadRenderer>([
  ["canvas", async () => createCanvasRenderer],
  ["uplot", async () => (await import("./uplot.ts")).createUplotRenderer],
]);
const loaded = new Map<string, Promise<CreateRenderer>>();
const watchers = new Set<(name: string) => void>();

/**
 * Makes a renderer known by a name, for `<live-chart renderer="…">`; names are not case-sensitive. The
 * same name again replaces it, also one of ours. Charts that wait for it hear of it.
 */
export function registerRenderer(name: string, load: LoadRenderer): void {
  const key = keyOf(name);
  if (key === "") throw new Error('cannot register a renderer: it has no name, such as "mine"');
  loaders.set(key, load);
  loaded.delete(key);
  for (const watcher of watchers) watcher(key);
}

/**
 * A renderer by its name, loaded at most once. Rejects with what to do about it if nobody knows the
 * name, or if it cannot be loaded; that may be tried again.
 */
export function loadRenderer(name: string): Promise<CreateRenderer> {
  const key = keyOf(name);
  let loading = loaded.get(key);
  if (!loading) {
    loading = load(key);
    loaded.set(key, loading);
    loading.catch(() => {
      if (loaded.get(key) === loading) loaded.delete(key);
    });
  }
  return loading;
}

/** Calls with the name of each renderer that is registered from now on: scripts come in any order. */
export function watchRenderers(registered: (name: string) => void, signal: AbortSignal): void {
  if (signal.aborted) return;
  watchers.add(registered);
  signal.addEventListener("abort", () => watchers.delete(registered), { once: true });
}

async function load(key: string): Promise<CreateRenderer> {
  const loader = loaders.get(key);
  if (!loader) throw new Error((await import("./unknown.ts")).unknown(key, [...loaders.keys()]));
  let create: unknown;
  try {
    create = await loader();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`cannot load the renderer ${JSON.stringify(key)}: ${why}`, { cause });
  }
  // A whole module is what one gets from `() => import("./mine.js")`.
  if (typeof create !== "function") {
    throw new Error(
      `cannot use the renderer ${JSON.stringify(key)}: what it loads is not a function`,
    );
  }
  return create as CreateRenderer;
}

function keyOf(name: string): string {
  return name.trim().toLowerCase();
}
