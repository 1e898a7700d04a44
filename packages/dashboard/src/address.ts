import { canonicalSeries, PlotcastError, reservedSegments } from "@plotcast/protocol";
import { autoSpan, heldSpan, readSpan } from "./span.ts";

/** What a page shows, as its address says. */
export type Address = {
  /** A series or a selector, canonical; undefined: every series. */
  readonly selector: string | undefined;
  /** A duration, or `auto`. */
  readonly span: string;
  /** Why the address names no series. */
  readonly problem?: string;
};

/** Reads `/`, `/temp`, `/room/temp?span=5m`, `/cpu%7Bcore=%220%22%7D`, `/cpu.*` and `/?series=v1`. */
export function parseAddress(href: string): Address {
  const { pathname, searchParams } = new URL(href);
  const span = readSpan(searchParams.get("span"));
  try {
    const text = decodeURIComponent(pathname.slice(1)) || searchParams.get("series");
    return { selector: text ? canonicalSeries(text) : undefined, span };
  } catch (error) {
    if (error instanceof PlotcastError)
      return { selector: undefined, span, problem: error.message };
    if (error instanceof URIError) {
      const problem = `expected UTF-8, percent-encoded, found ${JSON.stringify(pathname)}`;
      return { selector: undefined, span, problem };
    }
    throw error;
  }
}

/** The address of a page, from the root; the inverse of `parseAddress`. */
export function pageHref({ selector, span }: Omit<Address, "problem">): string {
  const path = selector === undefined ? "/" : (seriesPath(selector) ?? "/");
  const query = [
    ...(selector !== undefined && path === "/" ? [`series=${encodeText(selector)}`] : []),
    ...(span === autoSpan ? [] : [`span=${encodeText(span)}`]),
  ];
  return query.length === 0 ? path : `${path}?${query.join("&")}`;
}

/**
 * The path of a series: where its samples are posted and where its page is. Undefined for the few
 * names that no path can say: browsers resolve `..`, and a path that begins with `//` is another host.
 */
export function seriesPath(selector: string): string | undefined {
  const path = `/${encodeText(selector).replaceAll("%2F", "/")}`;
  const first = path.split("/")[1]!;
  const kept = !path.startsWith("//") && new URL(path, "http://localhost").pathname === path;
  return kept && !reservedSegments.has(first) ? path : undefined;
}

/** Where the samples of a page come from. Elements and page share a connection if this is equal. */
export function streamPath({ selector = "*", span }: Partial<Address>): string {
  const query = span === undefined ? "" : `&span=${encodeText(heldSpan(span))}`;
  return `/v1/stream?series=${encodeText(selector)}${query}`;
}

/** The samples of a page as CSV, every one of them. */
export function csvPath({ selector, span }: { selector: string; span: string }): string {
  return `/v1/history?series=${encodeText(selector)}&from=-${encodeText(heldSpan(span))}&format=csv`;
}

/**
 * Percent-encodes for paths and queries. Also what `encodeURIComponent` leaves but a shell would
 * act on; not what is harmless and makes addresses readable.
 */
function encodeText(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%(?:3D|3A|2C|40)/g, decodeURIComponent);
}
