import { canonicalSeries, maxNameLength, type SeriesEntry } from "@plotcast/protocol";
import type { NoticeCode } from "./change.ts";
import { defaultName, type PlainReading, type PlainSample, readPlain } from "./plain.ts";
import type { PlainTime } from "./plain-time.ts";
import type { Told } from "./told.ts";

// An endpoint that puts ids into its field names would make series without end.
const maxSeries = 1000;
// Smallest difference that a float64 of Unix milliseconds carries for sure.
const leastMs = 0.001;
// What was found is quoted in a notice, which is one line.
const maxQuoteLength = 60;

type Known = { readonly series: string; ms: number; since: number; last: number };

/**
 * Turns the events of a plain endpoint into changes.
 *
 * The same series and time twice means that the later sample replaces the earlier. Endpoints that
 * write whole seconds and send several samples a second do not mean that. So while a time of coarse
 * notation is repeated, its samples are moved on by as much as they arrived after the first, inside
 * that second (or minute), in order: none hides another, and a time that is written once stays as it
 * was written. Times with fractions are taken at their word.
 */
export class PlainDelivery {
  #known = new Map<string, Known>();
  #counts = new Map<NoticeCode, number>();

  /** The changes an event makes; `now` is when it arrived. */
  accept(
    event: { readonly event?: string; readonly data: string; readonly id?: string },
    now: number,
  ): Told[] {
    const reading = readPlain(event.event, event.data, now);
    const changes = this.#judge(reading, event);
    const fresh: SeriesEntry[] = [];
    const columns = new Map<string, { times: number[]; values: (number | null)[] }>();
    let left = 0;
    for (const sample of reading.samples) {
      const known = this.#find(sample, fresh);
      if (known === undefined) {
        if (sample.value !== null) left++;
        continue;
      }
      const column = columns.get(known.series) ?? { times: [], values: [] };
      columns.set(known.series, column);
      column.times.push(place(known, sample.time ?? { ms: now, stepMs: 1 }, now));
      column.values.push(sample.value);
    }
    if (left > 0) changes.push(...this.#notice("too-many-series", tooMany));
    if (fresh.length > 0) changes.push({ type: "series", series: fresh });
    const position = event.id === undefined ? {} : { position: event.id };
    if (columns.size > 0) changes.push({ type: "samples", columns, ...position });
    return changes;
  }

  #judge(reading: PlainReading, event: { readonly event?: string; readonly data: string }) {
    const { problem, unreadable, samples } = reading;
    // Events with a name and without numbers are signals for someone else.
    const named = event.event !== undefined && event.event !== "message";
    if (problem !== undefined && named) return [];
    const found = quote(event.data);
    if (problem === "not-json") return this.#notice(problem, `expected JSON, found ${found}`);
    if (problem) return this.#notice(problem, `expected a number somewhere, found ${found}`);
    if (unreadable !== undefined) {
      const message = `expected a time, found ${quote(unreadable)}: the time of arrival is taken`;
      return this.#notice("time-unreadable", message);
    }
    if (samples.every(({ time }) => time !== undefined)) return [];
    return this.#notice("time-missing", "no time is sent: the time of arrival is taken");
  }

  /** Undefined for one series too many, and for one that has had no number yet. */
  #find({ name, value }: PlainSample, fresh: SeriesEntry[]): Known | undefined {
    const known = this.#known.get(name);
    if (known || value === null || this.#known.size === maxSeries) return known;
    const series = toSeries(name);
    const added = { series, ms: Number.NaN, since: 0, last: 0 };
    this.#known.set(name, added);
    fresh.push({ id: this.#known.size, series });
    return added;
  }

  #notice(code: NoticeCode, message: string): Told[] {
    const count = (this.#counts.get(code) ?? 0) + 1;
    this.#counts.set(code, count);
    const isRound = /^10*$/.test(String(count));
    return isRound ? [{ type: "notice", code, count, message }] : [];
  }
}

const tooMany = `there are more than ${maxSeries} series: those beyond are left out`;

function place(known: Known, { ms, stepMs }: PlainTime, now: number): number {
  if (ms !== known.ms || stepMs === 0) {
    known.ms = ms;
    known.since = now;
    known.last = ms;
  } else {
    const later = Math.max(ms + now - known.since, known.last + leastMs);
    known.last = Math.min(later, ms + stepMs - leastMs);
  }
  return known.last;
}

/** Any text as a series: what a name cannot hold is replaced. */
function toSeries(name: string): string {
  try {
    return canonicalSeries(name);
  } catch {
    const clean = name.replace(/[\p{Cc}\p{Zl}\p{Zp}{}"\\]/gu, "_");
    return clean.slice(0, maxNameLength).toWellFormed().trim() || defaultName;
  }
}

function quote(text: string): string {
  const short = text.length > maxQuoteLength ? `${text.slice(0, maxQuoteLength)}…` : text;
  return JSON.stringify(short);
}
