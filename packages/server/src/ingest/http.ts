import type { IncomingMessage } from "node:http";
import { PlotcastError, parseSeries, reservedSegments } from "@plotcast/protocol";
import { type Context, Hono } from "hono";
import { answerFailure } from "../ops/http-status.ts";
import { freeBuffer } from "../thread/free-buffer.ts";
import type { ArrivalClock } from "./arrival-clock.ts";
import type { Intake } from "./intake.ts";
import { formatRejection, quote } from "./rejection.ts";
import { SeriesLimit } from "./series-limit.ts";
import { type IngestSummary, ingestText } from "./text.ts";

/**
 * `POST /<series>` and `POST /v1/samples`: a body of any length and any format in, 204 when all of
 * it is durable. PUT is the same, since that is what `curl -T -` sends.
 */
export function ingestRoutes(
  intake: Intake,
  options: { limit?: SeriesLimit; clock?: ArrivalClock } = {},
): Hono {
  const { limit = new SeriesLimit(intake) } = options;
  const app = new Hono();
  const take = async (c: Context, prefix: string | undefined) => {
    const summary = await ingestText(bodyOf(c), intake, {
      prefix,
      loose: false,
      encoding: c.req.header("content-encoding"),
      limit,
      clock: options.clock,
    });
    return answer(c, summary, prefix);
  };
  app.on(["POST", "PUT"], "/v1/samples", (c) => take(c, undefined));
  app.on(["POST", "PUT"], "/*", (c) => take(c, seriesOf(c)));
  app.onError((error, c) => {
    if (!(error instanceof PlotcastError)) throw error;
    return answerFailure(c, error);
  });
  return app;
}

/**
 * The body as Node has it, where there is one: a Request is made only for whoever looks at it, and
 * then the first POST would wait for all that belongs to it to be loaded. Its end is told by an error
 * if the sender has gone.
 */
async function* bodyOf(c: Context): AsyncGenerator<Uint8Array, void, undefined> {
  const { incoming } = (c.env ?? {}) as { incoming?: IncomingMessage };
  if (incoming === undefined) {
    if (c.req.raw.body) yield* c.req.raw.body;
    return;
  }
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    yield chunk;
    // It has been read to its end, or nobody would ask for the next. Each is a buffer of its own.
    if (chunk.byteLength === chunk.buffer.byteLength) freeBuffer(chunk.buffer);
  }
}

/** The series that a path names. Throws `bad-input` for a path that cannot be one. */
function seriesOf(c: Context): string {
  const { pathname } = new URL(c.req.url);
  const path = decodePath(pathname.replace(/^\/+|\/+$/g, ""));
  const [first = ""] = path.split("/");
  if (reservedSegments.has(first)) {
    throw bad(
      `cannot take samples at /${path}: Plotcast keeps /${first} for itself; begin the name with something else`,
    );
  }
  if (path === "") {
    throw bad(
      `cannot take samples at /: there is no series in the path; POST to /<series>, or to /v1/samples with names in the body`,
    );
  }
  parseSeries(path);
  return path;
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw bad(`expected a path in UTF-8 with %-escapes, found ${quote(path)}`);
  }
}

function answer(c: Context, summary: IngestSummary, prefix: string | undefined): Response {
  if (summary.rejected > 0) return c.text(`${report(summary).join("\n")}\n`, 400);
  if (summary.samples === 0)
    return c.text(`${howToFeed(new URL(c.req.url).origin, prefix)}\n`, 400);
  return c.body(null, 204);
}

function report({ rejections, rejected, lines, unit, kept, partly }: IngestSummary): string[] {
  const more = rejected - rejections.length;
  return [
    ...rejections.map(formatRejection),
    ...(more > 0 ? [`… and ${more} more`] : []),
    `${kept} of ${lines} ${unit}${lines === 1 ? "" : "s"} kept${partly > 0 ? `, ${partly} in part` : ""}`,
  ];
}

function howToFeed(origin: string, prefix = "temp"): string {
  return [
    "expected numbers in the body, found nothing; three ways to send some:",
    `  curl -d 21.4 '${origin}/${prefix}'`,
    `  curl -d 'cpu=12 mem=45' '${origin}/${prefix}'`,
    `  vmstat -n 1 | curl -T - '${origin}/${prefix}'`,
  ].join("\n");
}

function bad(message: string): PlotcastError {
  return new PlotcastError("bad-input", message);
}
