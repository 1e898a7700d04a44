import { element } from "./dom.ts";
import { createSnippetBlock } from "./snippet-block.ts";
import { feedSnippets, needsToken, type Place, type Snippet, seriesSnippets } from "./snippets.ts";

/** What stands where charts will be: how to send the first sample, ready to copy. */
export function createTeaching(selector: string | undefined, place: Place): HTMLElement {
  if (selector === undefined) {
    return teach(
      element("h1", {}, "No samples yet"),
      "Send a number, and its chart appears here by itself. There is nothing to set up.",
      feedSnippets(place),
      place,
    );
  }
  const glob = /[*?]/.test(selector);
  return teach(
    element("h2", {}, "No samples yet"),
    glob
      ? "No series matches this. The first one that does appears here by itself."
      : "Nobody has sent this series a number. Its chart appears here with the first one.",
    seriesSnippets(selector, place),
    place,
  );
}

/** For an address that names no series. */
export function createProblem(problem: string): HTMLElement {
  return element(
    "div",
    { class: "teaching" },
    element("h1", {}, "That is no series"),
    element("p", { class: "lead" }, `${problem}.`),
    element("p", {}, element("a", { href: "/" }, "See all series")),
  );
}

function teach(title: HTMLElement, lead: string, snippets: Snippet[], place: Place): HTMLElement {
  const level = title.localName === "h1" ? "h2" : "h3";
  const ways = snippets.map((snippet) => {
    const block = createSnippetBlock(snippet.title, snippet.text);
    return element("li", {}, element(level, {}, snippet.title), block.element);
  });
  const token = element(
    "p",
    { class: "quiet" },
    "WRITE_TOKEN stands for the token that the server printed at its start.",
  );
  return element(
    "div",
    { class: "teaching" },
    title,
    element("p", { class: "lead" }, lead),
    ...(ways.length > 0 ? [element("ul", {}, ...ways)] : []),
    ...(ways.length > 0 && needsToken(place) ? [token] : []),
  );
}
