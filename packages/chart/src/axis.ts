import { timeLabel } from "./format.ts";
import type { Tick } from "./renderer.ts";
import type { View } from "./window.ts";
import { instantOf, type Zone, zoneOf } from "./zone.ts";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** The distance of ticks: a stretch of time, or whole calendar months. */
export type Step = { readonly ms: number } | { readonly months: number };

const steps: readonly Step[] = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500].map((n) => ({ ms: n })),
  ...[1, 2, 5, 10, 15, 30].map((n) => ({ ms: n * second })),
  ...[1, 2, 5, 10, 15, 30].map((n) => ({ ms: n * minute })),
  ...[1, 2, 3, 6, 12].map((n) => ({ ms: n * hour })),
  ...[1, 2, 3, 7, 14].map((n) => ({ ms: n * day })),
  ...[1, 3, 6, 12, 24, 60, 120, 240, 600, 1200].map((n) => ({ months: n })),
];

/** What a time axis needs to know of its surroundings. */
export type TimeAxis = {
  /** CSS pixels between the edges of the view. */
  readonly width: number;
  /** Labels may reach this far beyond the left and the right edge of the view. */
  readonly roomLeft: number;
  readonly roomRight: number;
  /** The width of a label in CSS pixels. */
  readonly measure: (text: string) => number;
  readonly timeZone?: string;
  readonly locale?: string;
};

/** Space between labels, in CSS pixels; less where it would cost half of the few there are. */
const labelGap = (width: number) => Math.max(14, Math.min(28, width / 16));

/**
 * Ticks at round times of the zone's clocks, also on days of 23 and 25 hours, as many as have room
 * for their labels. A label that would reach out of its room is left out; its mark stays.
 */
export function timeTicks(view: View, axis: TimeAxis): Tick[] {
  const span = view.to - view.from;
  const msPerPixel = span / Math.max(1, axis.width);
  const label = timeLabel(axis.timeZone, axis.locale);
  const step = steps.find((candidate) => {
    const room = lengthOf(candidate) / msPerPixel;
    return room > 40 && room >= widestLabel(view, candidate, axis, label) + labelGap(axis.width);
  });
  if (!step || !(span > 0)) return [];
  const zone = zoneOf(axis.timeZone);
  return tickTimes(view, step, zone).map((at) => {
    const text = label(at, step, begins(at + zone(at), step));
    const half = axis.measure(text) / 2;
    const x = (at - view.from) / msPerPixel;
    const fits = x - half >= -axis.roomLeft && x + half <= axis.width + axis.roomRight;
    return { at, text: fits ? text : "" };
  });
}

/** Whether a day begins at a local time, or with a step of months a year. */
function begins(local: number, step: Step): boolean {
  return "months" in step ? new Date(local).getUTCMonth() === 0 : local % day === 0;
}

// Every digit as wide as a zero, so that the choice does not change while the digits do.
function widestLabel(
  view: View,
  step: Step,
  axis: TimeAxis,
  label: ReturnType<typeof timeLabel>,
): number {
  const texts = [label(view.to, step, false), label(view.to, step, true)];
  return Math.max(...texts.map((text) => axis.measure(text.replace(/\d/g, "0"))));
}

function lengthOf(step: Step): number {
  return "ms" in step ? step.ms : step.months * 28 * day;
}

/** The instants of ticks in a view. */
export function tickTimes(view: View, step: Step, zone: Zone): number[] {
  if ("months" in step) return monthTicks(view, step.months, zone);
  // Up to an hour, clocks change by whole steps: even distances stay on round times.
  if (step.ms <= hour) return evenTicks(view, step.ms, zone(view.from));
  // Weeks begin on Monday; the epoch was a Thursday.
  const origin = step.ms % (7 * day) === 0 ? 4 * day : 0;
  const times: number[] = [];
  const first = Math.floor((view.from - 2 * hour + zone(view.from) - origin) / step.ms);
  for (let i = first; ; i++) {
    const time = instantOf(i * step.ms + origin, zone);
    if (time > view.to) return times;
    if (time >= view.from) times.push(time);
  }
}

function evenTicks(view: View, stepMs: number, offsetMs: number): number[] {
  const first = Math.ceil((view.from + offsetMs) / stepMs);
  const last = Math.floor((view.to + offsetMs) / stepMs);
  return Array.from(
    { length: Math.max(0, last - first + 1) },
    (_, i) => (first + i) * stepMs - offsetMs,
  );
}

function monthTicks(view: View, months: number, zone: Zone): number[] {
  const start = new Date(view.from + zone(view.from));
  const times: number[] = [];
  const month = start.getUTCFullYear() * 12 + start.getUTCMonth();
  for (let i = Math.floor(month / months) * months; ; i += months) {
    const time = instantOf(Date.UTC(Math.floor(i / 12), i % 12, 1), zone);
    if (time > view.to) return times;
    if (time >= view.from) times.push(time);
  }
}
