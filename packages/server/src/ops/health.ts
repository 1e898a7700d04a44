import { PlotcastError } from "@plotcast/protocol";
import { type Context, Hono } from "hono";
import { type Later, patient } from "./patient.ts";

export type Health = {
  /** Whether the process is about to end: it still serves, but nobody new should come. */
  readonly draining: () => boolean;
  /** Resolves if log and store take samples now; rejects as an append would. */
  readonly takes: () => Promise<void>;
  readonly later?: Later;
};

// Probes wait a second by default, so less; and a store that makes senders wait for longer is behind.
const takesMs = 800;

/**
 * `GET /healthz`: the process answers. `GET /readyz`: it also takes samples and viewers.
 *
 * To be put before the guard: probes come by address and have no token. So they tell nothing that not
 * anyone may know: no path, no size, no name.
 */
export function healthRoutes({ draining, takes, later }: Health): Hono {
  const app = new Hono();
  const asked = patient(() => takes().then(() => true as const), takesMs, later);
  app.get("/healthz", (c) => answer(c, 200, "ok"));
  app.get("/readyz", async (c) => {
    const reason = draining() ? "the server is about to end" : await whyNot(asked);
    return reason === undefined ? answer(c, 200, "ready") : answer(c, 503, `not ready: ${reason}`);
  });
  return app;
}

async function whyNot(asked: () => Promise<true | undefined>): Promise<string | undefined> {
  try {
    return (await asked()) ? undefined : "the history is far behind the samples";
  } catch (error) {
    const code = error instanceof PlotcastError ? error.code : undefined;
    if (code === "storage-full") return "the disk is full";
    if (code === "closed") return "the server is about to end";
    return "samples cannot be stored; see the server's log";
  }
}

function answer(c: Context, status: 200 | 503, sentence: string): Response {
  return c.text(`${sentence}\n`, status, { "Cache-Control": "no-store" });
}
