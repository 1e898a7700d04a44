import { csvPath, streamPath } from "./address.ts";
import { element, setAttributes } from "./dom.ts";
import { readersLocale } from "./locale.ts";
import type { SharedView } from "./shared-view.ts";
import { createSnippetBlock } from "./snippet-block.ts";
import { embedSnippet } from "./snippets.ts";
import { heldSpan, type View } from "./span.ts";

/** One selector, large, with what it takes to have it elsewhere. */
export function createSingle(selector: string, place: Location, held: SharedView) {
  const chart = document.createElement("live-chart");
  setAttributes(chart, { locale: readersLocale() });
  held.begin(chart);
  const embed = createSnippetBlock("Embed", "");
  const title = "Every sample, and not only what is drawn; with &px=1000 about as many as are";
  const csv = element("a", { download: `${selector}.csv`, title }, "CSV of these samples");
  const elsewhere =
    "If the page is not of this address, start the server with --allow-origin and the page's origin.";
  const root = element(
    "div",
    { class: "single" },
    element("div", { class: "card" }, chart),
    element(
      "section",
      { class: "take", "aria-labelledby": "take" },
      element("h2", { id: "take" }, "On a page of yours"),
      embed.element,
      element("p", { class: "quiet" }, elsewhere),
      element("p", { class: "quiet" }, csv),
    ),
  );
  return {
    element: root,
    show: (_series: ReadonlySet<string>, { span, shown }: View) => {
      setAttributes(chart, { src: streamPath({ selector, span }), span: shown });
      setAttributes(csv, { href: csvPath({ selector, span }) });
      embed.set(embedSnippet(selector, heldSpan(span), place));
    },
  };
}
