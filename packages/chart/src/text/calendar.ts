import type { Zone } from "@plotcast/protocol";
import type { View } from "../window.ts";
import { evenTicks, type Step } from "./axis.ts";
import { instantOf, zoneOf } from "./zone.ts";

export { zoneOf };

const hour = 3_600_000;
const day = 24 * hour;

/** The instants of ticks in a view. */
export function tickTimes(view: View, step: Step, zone: Zone): number[] {
  if ("months" in step) return monthTicks(view, step.months, zone);
  if (step.ms <= hour) return evenTicks(view, step.ms, zone);
  // Weeks begin on Monday; the epoch was a Thursday.
  const origin = step.ms % (7 * day) === 0 ? 4 * day : 0;
  const times: number[] = [];
  const first = Math.floor((view.from - 2 * hour + zone(view.from) - origin) / step.ms);
  for (let i = first; ; i++) {
    const local = i * step.ms + origin;
    const time = instantOf(local, zone);
    if (time > view.to) return times;
    // A time that a change skips has no tick; a day that begins later than at midnight begins there.
    const shown = local % day === 0 || time + zone(time) === local;
    if (time >= view.from && shown) times.push(time);
  }
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
