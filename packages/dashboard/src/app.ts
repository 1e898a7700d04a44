import { defineLiveChart } from "@plotcast/chart";
import type { Change } from "@plotcast/client";
import { pageHref, parseAddress } from "./address.ts";
import { byId, element, setAttributes, setChildren } from "./dom.ts";
import { createHead } from "./head.ts";
import { createOverview } from "./overview.ts";
import { advance, ageOf, newSession, type Session } from "./session.ts";
import { createSharedView } from "./shared-view.ts";
import { createSingle } from "./single.ts";
import { shownSpan, type View } from "./span.ts";
import { createSpanButtons } from "./span-buttons.ts";
import { createProblem, createTeaching } from "./teaching.ts";
import { watch } from "./watch.ts";

const { selector, problem, span: firstSpan } = parseAddress(location.href);
const main = byId("main");
defineLiveChart();
if (problem === undefined) showPage(firstSpan);
else setChildren(main, [createProblem(problem)]);

/** Shows what the address says: charts once there are series, before that how to send some. */
function showPage(firstSpan: string): void {
  const head = createHead(location.origin);
  const held = createSharedView();
  const charts =
    selector === undefined ? createOverview(held) : createSingle(selector, location, held);
  const teaching = createTeaching(selector, location);
  const home = byId("home");
  const back = element("a", {}, "All series");
  const spans = createSpanButtons(firstSpan, (span) => {
    // Who asks for the last hour does not want to stay at last week.
    held.follow();
    connect(span);
  });
  const toolbar = createToolbar(back, spans);
  const body = element("div", { class: "body" });
  let session: Session = newSession;
  let view: View = { span: firstSpan, shown: shownSpan(firstSpan, undefined) };
  let off = new AbortController();

  document.title = selector === undefined ? "plotcast" : `${selector} · plotcast`;
  setChildren(main, [toolbar, body]);
  connect(firstSpan);
  // For "Reconnecting in 3 s", and for charts that grow with what they have to show.
  setInterval(() => {
    head.show(session, Date.now());
    if (session.series.size > 0) showCharts();
  }, 1000);

  function connect(span: string): void {
    off.abort();
    off = new AbortController();
    history.replaceState(null, "", `${pageHref({ selector, span })}${held.fragment}`);
    for (const link of [home, back]) {
      setAttributes(link, { href: pageHref({ selector: undefined, span }) });
    }
    const { series, lastHeard, trouble } = session;
    session = { ...newSession, lastHeard, trouble };
    view = { span, shown: "" };
    // The page joins first: what history is asked for is what the first to join wants to hold.
    watch({ selector, span }, take, off.signal);
    if (series.size > 0) charts.show(series, viewNow());
  }

  function take(change: Change): void {
    const before = session;
    session = advance(session, change, Date.now());
    if (session.series !== before.series || session.told !== before.told) draw();
    head.show(session, Date.now());
  }

  // Until all is told, what is there stays: it is about to be told again.
  function draw(): void {
    const { series, told } = session;
    if (!told) return;
    const any = series.size > 0;
    if (any) charts.show(series, viewNow());
    setChildren(body, [any ? charts.element : teaching]);
    spans.classList.toggle("shown", any);
    toolbar.hidden = !any && selector === undefined;
  }

  function viewNow(): View {
    view = { span: view.span, shown: shownSpan(view.span, ageOf(session, Date.now())) };
    return view;
  }

  function showCharts(): void {
    const { shown } = view;
    if (viewNow().shown !== shown) charts.show(session.series, view);
  }
}

function createToolbar(back: HTMLElement, spans: HTMLElement): HTMLElement {
  const title = element("h1", {}, selector ?? "All series");
  if (selector === undefined) return element("div", { class: "toolbar" }, title, spans);
  const trail = element("nav", { "aria-label": "Breadcrumb" }, back);
  return element("div", { class: "toolbar" }, trail, title, spans);
}
