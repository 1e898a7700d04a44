import { parseDuration } from "@plotcast/protocol";
import { element, setAttributes } from "./dom.ts";
import { autoSpan, heldSpan, offeredSpans, sameSpan } from "./span.ts";

/** The buttons that choose how far back a page looks. */
export function createSpanButtons(chosen: string, choose: (span: string) => void): HTMLElement {
  const buttons = offeredSpans(chosen).map((span) => {
    const title = spokenSpan(span);
    return { span, button: element("button", { type: "button", title }, span) };
  });
  const press = (pressed: string) => {
    for (const { span, button } of buttons) {
      setAttributes(button, { "aria-pressed": String(sameSpan(span, pressed)) });
    }
  };
  for (const { span, button } of buttons) {
    button.addEventListener("click", () => {
      press(span);
      choose(span);
    });
  }
  press(chosen);
  const children = buttons.map(({ button }) => button);
  return element("div", { class: "spans", role: "group", "aria-label": "Time span" }, ...children);
}

const units: readonly (readonly [unit: string, ms: number])[] = [
  ["year", 365 * 86_400_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
  ["millisecond", 1],
];

/** `15 minutes`. */
function spokenSpan(span: string): string {
  if (span === autoSpan) {
    return `As far as there are samples, up to ${spokenSpan(heldSpan(autoSpan))}`;
  }
  const ms = parseDuration(span)!;
  // From two days on in days: everyone says "24 hours".
  const [unit, size] = units.find(([, size]) => ms >= (size === 86_400_000 ? 2 : 1) * size)!;
  const options = { style: "unit", unit, unitDisplay: "long" } as const;
  return new Intl.NumberFormat("en", options).format(ms / size);
}
