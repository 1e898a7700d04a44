import { canonicalSeries, maxNameLength, type SeriesEntry } from "@plotcast/protocol";
import type { NoticeCode } from "./change.ts";
import { defaultName, type PlainReading, type PlainSample, readPlain } from "./plain.ts";
import { Guesses } from "./plain-guesses.ts";
import type { PlainOptions } from "./plain-options.ts";
import { leastMs, Repeats } from "./plain-repeats.ts";
import { unitOf } from "./plain-unit.ts";
import { SourceZone } from "./source-zone.ts";
import type { Told } from "./told.ts";

// An endpoint that puts ids into its field names would make series without end.
const maxSeries = 1000;
// What was found is quoted in a notice, which is one line.
const maxQuoteLength = 60;

type Known = { readonly series: string; ms: number; since: number; last: number };
type Event = { readonly event?: string; readonly data: string; readonly id?: string };
type Column = { times: number[]; values: (number | null)[] };

/**
 * Turns the events of a plain endpoint into changes.
 *
 * The same series and time twice means that the later sample replaces the earlier. Endpoints that
 * write whole seconds and send several samples a second do not mean that. So while a time of coarse
 * notation is repeated, its samples are moved on by as much as they arrived after the first, inside
 * that second (or minute), in order: none hides another, and a time that is written once stays as it
 * was written. Times with fractions are taken at their word.
 *
 * Answers of a polled address repeat each other instead: of these only what is new is told.
 */
export class PlainDelivery {
  readonly #options: PlainOptions;
  readonly #zone: SourceZone;
  readonly #guesses: Guesses;
  readonly #repeats: Repeats | undefined;
  #known = new Map<string, Known>();
  #counts = new Map<NoticeCode, number>();

  constructor(options: PlainOptions = {}, polled = false) {
    this.#options = options;
    this.#zone = new SourceZone(options.zone);
    this.#guesses = new Guesses(options, this.#zone);
    this.#repeats = polled ? new Repeats() : undefined;
  }

  /** The changes an event makes; `now` is when it arrived. */
  accept(event: Event, now: number): Told[] {
    const name = event.event ?? "message";
    const { events } = this.#options;
    if (events !== undefined && !events.includes(name)) return [];
    const reading = readPlain(name, event.data, { ...this.#options, now, source: this.#zone });
    const changes = this.#judge(reading, event);
    this.#guesses.learn(name, reading);
    this.#repeats?.begin();
    const { fresh, columns, left, stepMs } = this.#place(reading, now);
    if (left > 0) changes.push(...this.#notice("too-many-series", tooMany));
    if (fresh.length > 0) changes.push({ type: "series", series: fresh });
    const guesses = this.#guesses.news();
    if (guesses) changes.push({ type: "guesses", guesses });
    const position = event.id === undefined ? {} : { position: event.id };
    const coarse = stepMs === 0 ? {} : { stepMs };
    if (columns.size > 0) changes.push({ type: "samples", columns, ...position, ...coarse });
    return changes;
  }

  #place({ samples }: PlainReading, now: number) {
    const fresh: SeriesEntry[] = [];
    const columns = new Map<string, Column>();
    let left = 0;
    let stepMs = 0;
    for (const sample of samples) {
      const known = this.#find(sample, samples, fresh);
      if (known === undefined) {
        if (sample.value !== null) left++;
        continue;
      }
      const time = this.#time(known, sample, now);
      stepMs = Math.max(stepMs, sample.time?.stepMs ?? Number.POSITIVE_INFINITY);
      if (time === undefined) continue;
      const column = columns.get(known.series) ?? { times: [], values: [] };
      columns.set(known.series, column);
      column.times.push(time);
      column.values.push(sample.value);
    }
    for (const column of columns.values()) sort(column);
    return { fresh, columns, left, stepMs };
  }

  /** Undefined for what was told before. */
  #time(known: Known, { time, value }: PlainSample, now: number): number | undefined {
    if (time === undefined) return place(known, now, 1, now);
    if (this.#repeats) return this.#repeats.place(known.series, time.ms, time.stepMs, value);
    return place(known, time.ms, time.stepMs, now);
  }

  #judge(reading: PlainReading, event: Event): Told[] {
    const { problem, unreadable, samples, timeField } = reading;
    // Events with a name and without numbers are signals for someone else.
    const named = event.event !== undefined && event.event !== "message";
    if (problem !== undefined && named) return [];
    const { fields, timeFormat } = this.#options;
    const found = quote(event.data);
    if (problem === "not-json") return this.#notice(problem, `expected JSON, found ${found}`);
    if (problem) {
      const where = fields ? `in ${quote(fields.join(", "))}` : "somewhere";
      return this.#notice(problem, `expected a number ${where}, found ${found}`);
    }
    if (unreadable !== undefined) {
      const what = timeFormat === undefined ? "a time" : `a time as ${timeFormat}`;
      const message = `expected ${what}, found ${quote(unreadable)}: the time of arrival is taken`;
      return this.#notice("time-unreadable", message);
    }
    if (timeFormat === "arrival" || samples.every(({ time }) => time !== undefined)) return [];
    const where = this.#options.timeField;
    const what = where && timeField === undefined ? ` in ${quote(where)}` : "";
    return this.#notice("time-missing", `no time is sent${what}: the time of arrival is taken`);
  }

  /** Undefined for one series too many, and for one that has had no number yet. */
  #find(
    { name, value }: PlainSample,
    others: readonly PlainSample[],
    fresh: SeriesEntry[],
  ): Known | undefined {
    const known = this.#known.get(name);
    if (known || value === null || this.#known.size === maxSeries) return known;
    const series = toSeries(name);
    const added = { series, ms: Number.NaN, since: 0, last: 0 };
    this.#known.set(name, added);
    const unit = unitOf(name, siblings(others));
    this.#guesses.introduce(series, unit);
    fresh.push({ id: this.#known.size, series, ...(unit === undefined ? {} : { unit }) });
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

// Looked through for each new name: more of them in one event are not looked at.
const maxSiblings = 50;

function siblings(samples: readonly PlainSample[]): string[] {
  return samples.slice(0, maxSiblings).map(({ name }) => name);
}

function place(known: Known, ms: number, stepMs: number, now: number): number {
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

/** By time: tables often have the newest on top. Of equal times the later told stays the later. */
function sort({ times, values }: Column): void {
  if (times.every((time, i) => i === 0 || times[i - 1]! <= time)) return;
  const order = times.map((_, i) => i).sort((a, b) => times[a]! - times[b]! || a - b);
  const sorted = order.map((i) => [times[i]!, values[i]!] as const);
  for (const [i, [time, value]] of sorted.entries()) {
    times[i] = time;
    values[i] = value;
  }
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
