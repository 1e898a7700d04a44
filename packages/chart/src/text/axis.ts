import { localZone, type Zone } from "@plotcast/protocol";
import { Lazy } from "../lazy.ts";
import type { Tick } from "../renderer.ts";
import type { View } from "../window.ts";
import { timeLabel } from "./format.ts";

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

/** What is known of days and months, and of other zones than the reader's. */
export const calendar = new Lazy(() => import("./calendar.ts"));

/** What a time axis needs to know of its surroundings. */
export type TimeAxis = {
  /** CSS pixels between the edges of the view. */
  readonly width: number;
  /** Labels may reach this far beyond the left and the right edge of the view. */
  readonly roomLeft: number;
  readonly roomRight: number;
  /** The width of a label in CSS pixels. */
  readonly measure: (text: string) => number;
  /** An IANA name and a language tag; undefined: the reader's. */
  readonly timeZone?: string | undefined;
  readonly locale?: string | undefined;
};

/** Space between labels, in CSS pixels; less where it would cost half of the few there are. */
const labelGap = (width: number) => Math.max(14, Math.min(28, width / 16));

/** Labels are never closer than this, in CSS pixels; on days of a clock change some could be. */
const leastGap = 4;

/**
 * Ticks at round times of the zone's clocks, also on days of 23 and 25 hours, as many as have room
 * for their labels. A label that would reach out of its room, or into the one before, is left out; its
 * mark stays.
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
  const zone = (axis.timeZone && calendar.code?.zoneOf(axis.timeZone)) || localZone;
  const isEven = "ms" in step && step.ms <= hour;
  const times = isEven
    ? evenTicks(view, step.ms, zone)
    : (calendar.code?.tickTimes(view, step, zone) ?? []);
  let end = Number.NEGATIVE_INFINITY;
  return times.map((at) => {
    const text = label(at, step, begins(at, step, zone));
    const half = axis.measure(text) / 2;
    const x = (at - view.from) / msPerPixel;
    const fits = x - half >= -axis.roomLeft && x + half <= axis.width + axis.roomRight;
    if (!fits || x - half < end + leastGap) return { at, text: "" };
    end = x + half;
    return { at, text };
  });
}

/** Whether a day begins at an instant, or with a step of months a year. Not every day has a midnight. */
function begins(at: number, step: Step, zone: Zone): boolean {
  const local = at + zone(at);
  if ("months" in step) return new Date(local).getUTCMonth() === 0;
  return Math.floor(local / day) !== Math.floor((at - 1 + zone(at - 1)) / day);
}

// Every digit as wide as a zero, so that the choice does not change while the digits do.
function widestLabel(
  view: View,
  step: Step,
  axis: TimeAxis,
  label: ReturnType<typeof timeLabel>,
): number {
  // Of the same round time for a while, whose text is known then.
  const length = lengthOf(step);
  const at = Math.floor(view.to / length) * length;
  const texts = [label(at, step, false), label(at, step, true)];
  return Math.max(...texts.map((text) => axis.measure(text.replace(/\d/g, "0"))));
}

function lengthOf(step: Step): number {
  return "ms" in step ? step.ms : step.months * 28 * day;
}

/** Up to an hour apart. A change by less than a step, as on Lord Howe, moves what is round. */
export function evenTicks(view: View, stepMs: number, zone: Zone): number[] {
  const times: number[] = [];
  let offset = zone(view.from);
  for (let at = roundUp(view.from, stepMs, offset); at <= view.to; at += stepMs) {
    const now = zone(at);
    if ((now - offset) % stepMs !== 0) at = roundUp(at, stepMs, now);
    offset = now;
    if (at <= view.to) times.push(at);
  }
  return times;
}

/** The next instant, from `time` on, at which clocks show a multiple of a step. */
function roundUp(time: number, stepMs: number, offsetMs: number): number {
  return Math.ceil((time + offsetMs) / stepMs) * stepMs - offsetMs;
}
