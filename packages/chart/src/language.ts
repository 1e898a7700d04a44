import { guarded } from "./errors.ts";
import { isKnown } from "./options.ts";

/**
 * The language of an element as HTML has it: what the nearest `lang` says, also around the shadow trees
 * that it is in. Undefined: nothing that is a language.
 */
export function languageOf(element: Element): string | undefined {
  const nearest = element.closest("[lang]");
  if (!nearest) {
    const root = element.getRootNode();
    return root instanceof ShadowRoot ? languageOf(root.host) : undefined;
  }
  const lang = nearest.getAttribute("lang")!.trim();
  if (!isLanguage(lang)) return undefined;
  // "en" leaves open whose: the reader's own, if that is one.
  const begin = `${lang.toLowerCase()}-`;
  const own = navigator.languages.find((one) => one.toLowerCase().startsWith(begin));
  return own !== undefined && isLanguage(own) ? own : lang;
}

/** Browsers have been seen to say "en-US@posix", which `Intl` throws at. */
function isLanguage(text: string): boolean {
  return text !== "" && isKnown(() => new Intl.Locale(text));
}

const charts = new Set<() => void>();
let observer: MutationObserver | undefined;

/** Calls whenever some `lang` around an element may say something else. */
export function watchLanguage(element: Element, changed: () => void, signal: AbortSignal): void {
  // One for all: whatever changes on a page, each observer of it is looked at.
  observer ??= new MutationObserver(() => {
    for (const tell of charts) guarded(tell);
  });
  for (let root = element.getRootNode(); ; root = root.host.getRootNode()) {
    observer.observe(root, { subtree: true, attributeFilter: ["lang"] });
    if (!(root instanceof ShadowRoot)) break;
  }
  charts.add(changed);
  signal.addEventListener("abort", () => charts.delete(changed), { once: true });
}
