import { seriesPath, streamPath } from "./address.ts";

/** Where a page was loaded from. */
export type Place = Pick<Location, "origin" | "hostname">;

/** Something to copy into a terminal or a file. */
export type Snippet = { readonly title: string; readonly text: string };

/** The three ways to feed a server, with its own address. */
export function feedSnippets(place: Place): Snippet[] {
  const { origin } = place;
  const flag = needsToken(place) ? " --write-token WRITE_TOKEN" : "";
  return [
    { title: "Pipe a command", text: `vmstat -n 1 | npx plotcast --to ${origin}${flag}` },
    { title: "Send a number", text: postWithCurl("temp", place)! },
    { title: "From JavaScript", text: postWithFetch("temp", place)! },
  ];
}

/** How to write the first sample of this very series. For a glob: of one that it matches. */
export function seriesSnippets(selector: string, place: Place): Snippet[] {
  const series = selector.replace(/[*?]/g, "1");
  const curl = postWithCurl(series, place);
  const fetch = postWithFetch(series, place);
  if (curl === undefined || fetch === undefined) return [];
  return [
    { title: "Send a number", text: curl },
    { title: "From JavaScript", text: fetch },
  ];
}

/** Two lines that show a chart on any page. */
export function embedSnippet(selector: string, span: string, { origin }: Place): string {
  // A path of ours needs no escaping in an attribute: see `encodeText`.
  return [
    `<script type="module" src="${origin}/live-chart.js"></script>`,
    `<live-chart src="${origin}${streamPath({ selector })}" span="${span}"></live-chart>`,
  ].join("\n");
}

/** Whether a write needs a token: it does on every address that others can reach. */
export function needsToken({ hostname }: Pick<Place, "hostname">): boolean {
  return !/^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/i.test(hostname);
}

// Nothing in a path of ours means anything to a shell or ends a JavaScript string: see `encodeText`.
function postWithCurl(series: string, place: Place): string | undefined {
  const path = seriesPath(series);
  const header = needsToken(place) ? '-H "Authorization: Bearer WRITE_TOKEN" ' : "";
  return path && `curl ${header}-d 21.4 ${place.origin}${path}`;
}

function postWithFetch(series: string, place: Place): string | undefined {
  const path = seriesPath(series);
  const headers = needsToken(place) ? '  headers: { Authorization: "Bearer WRITE_TOKEN" },\n' : "";
  return (
    path && `fetch("${place.origin}${path}", {\n  method: "POST",\n${headers}  body: "21.4",\n});`
  );
}
