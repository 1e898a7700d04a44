import { joinSource } from "@plotcast/chart";
import { type Change, followShared } from "@plotcast/client";
import { parseDuration } from "@plotcast/protocol";
import { type Address, streamPath } from "./address.ts";
import { autoSpan, heldSpan } from "./span.ts";

/**
 * Tells of every change of the stream of a page, which is the one its charts share: the page has one
 * connection.
 */
export function watch(
  { selector, span }: Address,
  changed: (change: Change) => void,
  signal: AbortSignal,
): void {
  const url = new URL(streamPath({ selector, span }), location.href).href;
  // An automatic span may show a fifteenth of what is held, as wide as the page.
  const closer = selector !== undefined && span === autoSpan ? 4 : 1;
  const pixels = closer * screen.width * devicePixelRatio;
  const retention = { spanMs: parseDuration(heldSpan(span))!, samples: 0 };
  const { status, tracks } = joinSource(
    { url, follow: followShared, pixels },
    { changed, retention, signal },
  );
  // Charts may have opened it before, and then nothing of this is told again.
  changed({ type: "status", status });
  const series = [...tracks.keys()].map((text, id) => ({ id, series: text }));
  if (series.length > 0) changed({ type: "series", series });
}
