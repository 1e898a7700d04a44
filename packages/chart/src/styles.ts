import { dashes, palette } from "./palette.ts";
import { bandsCss } from "./parts/bands.ts";
import { legendCss } from "./parts/legend.ts";
import { plotBoxCss } from "./parts/plot-box.ts";

/*
 * The look. Text of ours and of the page is set in the page's font, or the system's; everything can
 * be changed by custom properties and parts. The scheme is the one the page has (`color-scheme`),
 * which `light-dark()` follows; a page that says nothing is white, and so is the chart.
 */

const colors = palette
  .map(
    ({ light, dark }, i) =>
      `.c${i} { color: var(--plotcast-series-${i + 1}, light-dark(${light}, ${dark})); }`,
  )
  .join("\n");

const swatches = dashes
  .map((dash, i) => (dash.length === 0 ? "" : `.swatch.d${i} { background: ${gradient(dash)}; }`))
  .join("\n");

// A piece of the dashed line, 16 pixels of it.
function gradient(dash: readonly number[]): string {
  let at = 0;
  const stops = dash.map((length, i) => {
    const color = i % 2 === 0 ? "currentColor" : "transparent";
    const stop = `${color} ${at}px ${at + length}px`;
    at += length;
    return stop;
  });
  return `repeating-linear-gradient(90deg, ${stops.join(", ")})`;
}

export const css = `
:host {
  display: block;
  position: relative;
  block-size: var(--plotcast-height, 16rem);
  min-inline-size: 0;
  contain: layout style;
  font: 13px/1.4 var(--plotcast-font, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif);
  font-variant-numeric: tabular-nums;
}
:host([hidden]) { display: none; }
[hidden] { display: none !important; }
* { box-sizing: border-box; }

.figure {
  position: relative;
  container-type: inline-size;
  --ink: var(--plotcast-ink, light-dark(#1b2127, #e8ecf0));
  --quiet: var(--plotcast-quiet, light-dark(#5a6570, #9aa5b1));
  --grid: var(--plotcast-grid, light-dark(#e4e8ec, #29313a));
  --axis: var(--plotcast-axis, light-dark(#b3bcc5, #4a5560));
  --raised: var(--plotcast-raised, light-dark(#ffffff, #1c2228));
  --good: var(--plotcast-good, light-dark(#16835a, #3ecb8c));
  --warn: var(--plotcast-warn, light-dark(#a85b00, #f0a43a));
  --bad: var(--plotcast-bad, light-dark(#c22b36, #ff7a80));
  color: var(--ink);
  background: var(--plotcast-background, transparent);
  display: grid;
  grid-template-rows: auto minmax(0, 1fr) auto;
  block-size: 100%;
  margin: 0;
}

.head {
  display: flex;
  align-items: center;
  gap: 16px;
  block-size: 28px;
  min-inline-size: 0;
}
.title {
  flex: 0 1 auto;
  min-inline-size: 0;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
  font-size: 14px;
  font-weight: 600;
}
.note {
  flex: 1 1 0;
  min-inline-size: 0;
  overflow: hidden;
  text-align: end;
  text-overflow: ellipsis;
  white-space: nowrap;
  color: var(--quiet);
  font-size: 12px;
}
.chip {
  flex: 0 0 auto;
  display: flex;
  margin-inline-start: auto;
  align-items: center;
  gap: 6px;
  color: var(--quiet);
  font-size: 12px;
  white-space: nowrap;
}
.chip::before {
  content: "";
  inline-size: 8px;
  block-size: 8px;
  border-radius: 50%;
  background: var(--axis);
}
.chip.good::before { background: var(--good); }
.chip.warn::before { background: var(--warn); }
.chip.bad::before { background: var(--bad); }
.chip.warn { color: var(--warn); }
.chip.bad { color: var(--bad); }

/* Its room is kept for what comes when somebody looks closer. */
.menu { position: relative; flex: 0 0 28px; block-size: 28px; inline-size: 28px; }
.plot {
  position: relative;
  min-block-size: 0;
  contain: strict;
  touch-action: pan-y;
}
.under, .canvas, .over { position: absolute; inset: 0; overflow: hidden; }
.under, .over { pointer-events: none; }
.actions { position: absolute; inset: auto 16px 38px auto; display: flex; gap: 8px; }
.axis-title {
  position: absolute;
  color: var(--quiet);
  font-size: 11px;
  line-height: 14px;
  white-space: nowrap;
  pointer-events: none;
}
.x-title { inset-block-end: 7px; inset-inline-start: 0; }
.y-title {
  inset-block-start: 2px;
  inset-inline-start: 0;
  max-inline-size: 100%;
  overflow: hidden;
  text-overflow: ellipsis;
}
.y-title.right { inset-inline: auto 0; }

.message {
  position: absolute;
  inset: 8px 8px 30px 8px;
  display: flex;
  flex-direction: column;
  align-items: center;
  justify-content: center;
  gap: 2px;
  text-align: center;
  pointer-events: none;
  overflow: hidden;
}
.message-title { font-weight: 600; }
.message-detail {
  color: var(--quiet);
  font-size: 12px;
  max-inline-size: 60ch;
  text-wrap: balance;
  overflow-wrap: anywhere;
}
.message.bad .message-title { color: var(--bad); }
.message.warn .message-title { color: var(--warn); }
${legendCss}
.swatch {
  flex: 0 0 auto;
  inline-size: 16px;
  block-size: 3px;
  border-radius: 1px;
  background: currentColor;
}

.probes { position: absolute; inline-size: 0; block-size: 0; overflow: hidden; visibility: hidden; }
.sensor { transition: color 1ms; }
.ink { color: var(--quiet); }
.grid { color: var(--grid); }
.axis { color: var(--axis); }

.spoken {
  position: absolute;
  inline-size: 1px;
  block-size: 1px;
  margin: 0;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}

${colors}
${swatches}

.figure.spark { grid-template-rows: minmax(0, 1fr); }
.figure.spark :is(.head, .legend, .axis-title, .actions) { display: none; }
.figure.spark .message { inset: 0; font-size: 11px; }
.figure.spark .message-detail { display: none; }

@container (max-width: 560px) {
  .head { flex-wrap: wrap; row-gap: 0; block-size: auto; min-block-size: 28px; }
  .title { flex-grow: 1; flex-basis: 0; }
  .note { order: 1; flex-basis: 100%; padding-block-end: 4px; text-align: start; white-space: normal; }
  .note:empty { display: none; }
}

${plotBoxCss}
${bandsCss}
@media (forced-colors: active) {
  .swatch, .dot, .chip::before, .probes, .probes * { forced-color-adjust: none; }
  .probes .ink, .probes .axis { color: CanvasText; }
  .probes .grid { color: GrayText; }
}
`;

const sheets = new Map<string, CSSStyleSheet>();

/**
 * Adds a style sheet to a chart; one text is one sheet, whatever number of charts there is. Adopted, so
 * that a strict CSP has nothing to refuse.
 */
export function addSheet(root: ShadowRoot, text: string): void {
  let sheet = sheets.get(text);
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    sheets.set(text, sheet);
  }
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
}
