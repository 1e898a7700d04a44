import { make } from "../dom.ts";
import { boxed, panned, zoomed } from "../moves.ts";
import type { CreatePart, PartHost } from "../part.ts";
import type { Held } from "../viewport.ts";
import {
  type Area,
  acrossOf,
  boxBetween,
  type Intent,
  keyIntent,
  type Point,
  wheelIntent,
} from "./intents.ts";

/*
 * Wheel, drag, box, pinch and keys. What they mean is in `intents.ts`, what becomes of it in
 * `viewport.ts`; here are only the events. The page keeps what belongs to it: a plain wheel and a vertical
 * swipe scroll (`touch-action: pan-y`), Ctrl with keys zooms the page.
 */

export const gesturesCss = `
.plot { user-select: none; -webkit-user-select: none; }
.plot.panning { cursor: grabbing; }
.plot.boxing { cursor: crosshair; }
.box {
  position: absolute;
  inset: 0 auto auto 0;
  border: 1px solid var(--quiet);
  border-radius: 2px;
  background: color-mix(in srgb, var(--quiet) 14%, transparent);
}
@media (forced-colors: active) { .box { border-color: Highlight; } }
`;

/** CSS pixels a pointer must go before it drags: hands shake, fingers more so. */
const slack = { mouse: 4, touch: 10 };
/** Two taps within this are one double tap. */
const doubleTap = { ms: 350, px: 30 };
/** A click that comes so soon after a drag is the end of it. */
const clickMs = 100;
/** Turns of the wheel that are not further apart than this are one. */
const oneTurnMs = 400;

type Drag =
  | { kind: "none" }
  /** Pressed, and not yet known what for. */
  | { kind: "pressed"; readonly from: Point; readonly box: boolean }
  | { kind: "pan"; readonly from: Point; readonly base: Held; readonly before: Held | undefined }
  | { kind: "box"; readonly from: Point }
  | {
      kind: "pinch";
      readonly base: Held;
      readonly before: Held | undefined;
      readonly was: Fingers;
    };

/** How far two fingers are apart, and how far across the plot their middle is. */
type Fingers = { readonly apart: number; readonly at: number };

/** Pans and zooms a chart by wheel, drag, pinch, box and keys. */
export const createGestures: CreatePart = (host) => {
  new Gestures(host);
  return { update: () => {} };
};

class Gestures {
  readonly #host: PartHost;
  readonly #plot: HTMLElement;
  readonly #box = make("div", "box");
  readonly #pointers = new Map<number, Point>();
  #drag: Drag = { kind: "none" };
  #draggedAt = Number.NEGATIVE_INFINITY;
  #tap: (Point & { readonly at: number }) | undefined;
  #elsewhereAt = Number.NEGATIVE_INFINITY;

  constructor(host: PartHost) {
    this.#host = host;
    this.#plot = host.layout.plot;
    this.#box.hidden = true;
    host.layout.over.append(this.#box);
    const { signal } = host;
    const heard = { signal };
    this.#plot.addEventListener("wheel", (event) => this.#wheel(event), { signal, passive: false });
    const elsewhere = (event: Event) => {
      if (!event.composedPath().includes(this.#plot)) this.#elsewhereAt = event.timeStamp;
    };
    addEventListener("wheel", elsewhere, { signal, passive: true, capture: true });
    this.#plot.addEventListener("pointerdown", (event) => this.#down(event), heard);
    this.#plot.addEventListener("pointermove", (event) => this.#move(event), heard);
    this.#plot.addEventListener("pointerup", (event) => this.#up(event), heard);
    this.#plot.addEventListener("pointercancel", (event) => this.#cancel(event), heard);
    // Of a touch, what is under it has the pointer from the start, and loses it to the plot.
    const lost = (event: PointerEvent) => event.target === this.#plot && this.#cancel(event);
    this.#plot.addEventListener("lostpointercapture", lost, heard);
    this.#plot.addEventListener("click", (event) => this.#click(event), { signal, capture: true });
    this.#plot.addEventListener("dblclick", (event) => this.#double(event), heard);
    this.#plot.addEventListener("keydown", (event) => this.#key(event), heard);
    this.#listenToSafari(signal);
    signal.addEventListener("abort", () => this.#end(), { once: true });
  }

  // What the next gesture starts from: what is held, and else what was drawn last.
  #seen(): Held | undefined {
    return this.#host.viewport.held ?? this.#host.scene()?.frame.view;
  }

  /** The plot without its axes, in CSS pixels from the corner of the element. */
  #area(): Area | undefined {
    const scene = this.#host.scene();
    if (!scene) return undefined;
    const { left, top, width, height } = scene.frame.plot;
    const { ratio } = scene;
    return { x: left / ratio, y: top / ratio, width: width / ratio, height: height / ratio };
  }

  #placeOf(event: MouseEvent): Point {
    const box = this.#plot.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  #wheel(event: WheelEvent): void {
    // Begun over the page, a turn goes on as it began, whatever comes under the pointer meanwhile.
    const passing = event.timeStamp - this.#elsewhereAt < oneTurnMs;
    if (passing) this.#elsewhereAt = event.timeStamp;
    const focused = this.#plot.matches(":focus-within");
    const engaged = !passing && (focused || this.#host.viewport.held !== undefined);
    const intent = wheelIntent(event, engaged);
    const area = this.#area();
    if (!intent || !area) return;
    event.preventDefault();
    const at = acrossOf(area, this.#placeOf(event).x);
    this.#carryOut(intent.kind === "zoom" ? { ...intent, at } : intent, area);
  }

  #key(event: KeyboardEvent): void {
    const area = this.#area();
    const intent = keyIntent(event, this.#host.viewport.held !== undefined);
    if (event.defaultPrevented || !intent || !area) return;
    event.preventDefault();
    this.#carryOut(intent, area);
  }

  #carryOut(intent: Intent, area: Area): void {
    const { viewport } = this.#host;
    const seen = this.#seen();
    if (!seen) return;
    const span = seen.to - seen.from;
    const { held = seen, reach } = viewport;
    const pan = (ms: number) => viewport.hold(panned(held, ms, reach));
    switch (intent.kind) {
      case "zoom":
        viewport.hold(zoomed(held, intent.factor, intent.at ?? 0.5, reach));
        break;
      case "pan":
        pan((intent.px / area.width) * span);
        break;
      case "step":
        pan(intent.views * span);
        break;
      case "oldest": {
        // Not known yet how far it reaches: a step, which makes it known.
        const { from } = reach;
        pan(Number.isFinite(from) ? from - seen.from : -span);
        break;
      }
      case "follow":
        viewport.follow();
    }
  }

  #down(event: PointerEvent): void {
    const touch = event.pointerType === "touch";
    this.#draggedAt = Number.NEGATIVE_INFINITY;
    if (event.isPrimary) this.#pointers.clear();
    if (isButton(event) || event.button !== 0 || (this.#pointers.size > 0 && !touch)) return;
    if (this.#pointers.size >= 2) return;
    const place = this.#placeOf(event);
    this.#pointers.set(event.pointerId, place);
    if (this.#pointers.size === 2) this.#beginPinch();
    else this.#drag = { kind: "pressed", from: place, box: event.shiftKey };
  }

  #move(event: PointerEvent): void {
    if (!this.#pointers.has(event.pointerId)) return;
    // Let go where nobody told us.
    if (event.buttons === 0) {
      this.#cancel(event);
      return;
    }
    const place = this.#placeOf(event);
    this.#pointers.set(event.pointerId, place);
    if (this.#drag.kind === "pressed") this.#begin(this.#drag, place, event);
    const drag = this.#drag;
    const area = this.#area();
    if (!area) return;
    if (drag.kind === "pan") this.#pan(drag.base, drag.from, place, area);
    if (drag.kind === "box") this.#showBox(drag.from, place, area);
    if (drag.kind === "pinch") this.#pinch(drag.base, drag.was);
  }

  #begin({ from, box }: Drag & { kind: "pressed" }, place: Point, event: PointerEvent): void {
    const [dx, dy] = [Math.abs(place.x - from.x), Math.abs(place.y - from.y)];
    const touch = event.pointerType === "touch";
    if ((box ? Math.max(dx, dy) : dx) < (touch ? slack.touch : slack.mouse)) return;
    const base = this.#seen();
    if (!base) return;
    this.#capture();
    this.#plot.classList.add(box ? "boxing" : "panning");
    const before = this.#host.viewport.held;
    this.#drag = box ? { kind: "box", from } : { kind: "pan", from, base, before };
  }

  #pan(base: Held, from: Point, to: Point, area: Area): void {
    const ms = ((from.x - to.x) / area.width) * (base.to - base.from);
    this.#host.viewport.hold(panned(base, ms, this.#host.viewport.reach));
  }

  #beginPinch(): void {
    const [base, is] = [this.#seen(), this.#fingers()];
    if (!base || !is) return;
    this.#end();
    this.#capture();
    this.#drag = { kind: "pinch", base, before: this.#host.viewport.held, was: is };
  }

  /** What was between the fingers when they came down is between them now. */
  #pinch(base: Held, was: Fingers): void {
    const is = this.#fingers();
    if (!is) return;
    const { viewport } = this.#host;
    // Two fingers on one spot would ask for an endless stretch.
    const factor = Math.max(1, was.apart) / Math.max(1, is.apart);
    const scaled = zoomed(base, factor, was.at, viewport.reach);
    const shift = (was.at - is.at) * (scaled.to - scaled.from);
    viewport.hold(panned(scaled, shift, viewport.reach));
  }

  #fingers(): Fingers | undefined {
    const area = this.#area();
    const [a, b] = [...this.#pointers.values()];
    if (!area || !a || !b) return undefined;
    return { apart: Math.hypot(a.x - b.x, a.y - b.y), at: acrossOf(area, (a.x + b.x) / 2) };
  }

  #showBox(from: Point, to: Point, area: Area): void {
    const box = boxBetween(area, from, to);
    this.#box.hidden = !box;
    if (!box) return;
    const { x, y = { from: 0, to: 1 } } = box;
    const { style } = this.#box;
    const top = area.y + (1 - y.to) * area.height;
    style.transform = `translate(${area.x + x.from * area.width}px, ${top}px)`;
    style.inlineSize = `${(x.to - x.from) * area.width}px`;
    style.blockSize = `${(y.to - y.from) * area.height}px`;
  }

  #up(event: PointerEvent): void {
    if (!this.#pointers.has(event.pointerId)) return;
    const place = this.#placeOf(event);
    const drag = this.#drag;
    this.#pointers.delete(event.pointerId);
    this.#end();
    if (drag.kind !== "none" && drag.kind !== "pressed") this.#draggedAt = event.timeStamp;
    if (drag.kind === "box") {
      const [area, seen] = [this.#area(), this.#seen()];
      const box = area && boxBetween(area, drag.from, place);
      const { viewport } = this.#host;
      if (box && seen) viewport.hold(boxed(viewport.held ?? seen, box.x, box.y));
    }
    // The finger that stays goes on as one that pans.
    const [left] = [...this.#pointers.values()];
    if (drag.kind === "pinch" && left) this.#drag = { kind: "pressed", from: left, box: false };
    if (event.pointerType === "touch" && drag.kind === "pressed") this.#tapped(place, event);
  }

  #tapped(place: Point, { timeStamp: at }: PointerEvent): void {
    const last = this.#tap;
    this.#tap = { ...place, at };
    if (!last || at - last.at > doubleTap.ms) return;
    if (Math.hypot(place.x - last.x, place.y - last.y) > doubleTap.px) return;
    this.#tap = undefined;
    this.#host.viewport.follow();
  }

  /** The browser takes the pointer away, to scroll or for itself: as if it had never been. */
  #cancel({ pointerId }: PointerEvent): void {
    if (!this.#pointers.delete(pointerId)) return;
    const drag = this.#drag;
    this.#end();
    if (drag.kind !== "pan" && drag.kind !== "pinch") return;
    if (drag.before) this.#host.viewport.hold(drag.before);
    else this.#host.viewport.follow();
  }

  #end(): void {
    this.#drag = { kind: "none" };
    this.#box.hidden = true;
    this.#plot.classList.remove("panning", "boxing");
  }

  #capture(): void {
    for (const id of this.#pointers.keys()) {
      try {
        this.#plot.setPointerCapture(id);
      } catch {
        // It has been lifted since: its end is on its way.
      }
    }
  }

  #click(event: MouseEvent): void {
    if (event.timeStamp - this.#draggedAt > clickMs || isButton(event)) return;
    event.stopImmediatePropagation();
    event.preventDefault();
  }

  #double(event: Event): void {
    if (!isButton(event)) this.#host.viewport.follow();
  }

  /** Safari on a Mac tells of a pinch in events of its own, and not as a wheel with Ctrl. */
  #listenToSafari(signal: AbortSignal): void {
    let scale = 1;
    const take = (event: Event) => {
      event.preventDefault();
      const area = this.#area();
      const next = (event as Event & { readonly scale?: number }).scale ?? 1;
      const factor = scale / next;
      scale = event.type === "gesturestart" ? 1 : next;
      if (event.type === "gesturestart" || !area || this.#pointers.size > 0) return;
      const at = acrossOf(area, this.#placeOf(event as MouseEvent).x);
      this.#carryOut({ kind: "zoom", factor, at }, area);
    };
    for (const type of ["gesturestart", "gesturechange"]) {
      this.#plot.addEventListener(type, take, { signal, passive: false });
    }
  }
}

/** Buttons that lie on the plot are not the plot. */
function isButton({ target }: Event): boolean {
  return (target as Element).closest("button, a, input, select") !== null;
}
