import type { Guess } from "./change.ts";
import type { PlainReading } from "./plain.ts";
import type { PlainOptions } from "./plain-options.ts";
import type { SourceZone } from "./source-zone.ts";

// A list for people, in a small panel.
const maxNames = 6;
const maxNameLength = 40;

/** What was taken of an endpoint, and how it is told to people. Tells when that is something new. */
export class Guesses {
  readonly #options: PlainOptions;
  readonly #zone: SourceZone;
  readonly #timeFields = new Set<string>();
  readonly #formats = new Set<string>();
  readonly #events = new Set<string>();
  readonly #series: string[] = [];
  readonly #units: string[] = [];
  #count = 0;
  #before = "";

  constructor(options: PlainOptions, zone: SourceZone) {
    this.#options = options;
    this.#zone = zone;
  }

  /** What an event has shown. */
  learn(event: string, { timeField, samples }: PlainReading): void {
    if (samples.length === 0) return;
    add(this.#events, event);
    add(this.#timeFields, timeField ?? "none");
    for (const { time } of samples) {
      // All formats there are fit in; the loop is for events that mix them.
      this.#formats.add(time?.format ?? "arrival");
    }
  }

  /** A series that is new. */
  introduce(series: string, unit: string | undefined): void {
    this.#count++;
    if (this.#series.length < maxNames) this.#series.push(short(series));
    if (unit === undefined || this.#units.length >= maxNames) return;
    this.#units.push(`${unit} (${short(series)})`);
  }

  /** All that is known now, if that is more than when this was asked last. */
  news(): readonly Guess[] | undefined {
    const { name } = this.#zone;
    const sizes = [this.#timeFields, this.#formats, this.#events].map(({ size }) => size);
    const now = [...sizes, this.#count, this.#zone.used, name].join();
    if (this.#count === 0 || now === this.#before) return undefined;
    this.#before = now;
    return this.#list(name);
  }

  #list(zone: string): readonly Guess[] {
    const { timeField, timeFormat, fields, events } = this.#options;
    const hasNamed = [...this.#events].some((event) => event !== "message");
    const list = [guess("time field", "time-field", timeField, this.#timeFields)];
    list.push(guess("time format", "time-format", timeFormat, this.#formats));
    if (this.#zone.used) {
      const told = this.#zone.told ? zone : undefined;
      list.push(guess("time zone", "source-zone", told, [zone]));
    }
    const more = this.#count > maxNames ? [`${this.#count - maxNames} more`] : [];
    list.push(guess("value fields", "fields", fields?.join(", "), [...this.#series, ...more]));
    if (hasNamed || events) list.push(guess("events", "events", events?.join(", "), this.#events));
    if (this.#units.length > 0) list.push(guess("unit", "unit", undefined, this.#units));
    return list;
  }
}

function guess(
  what: string,
  attribute: string,
  told: string | undefined,
  found: Iterable<string>,
): Guess {
  const from = told === undefined ? "guessed" : "told";
  return { what, found: told ?? [...found].join(", "), from, attribute };
}

/** Names come from the endpoint, which may have no end of them. */
function add(names: Set<string>, name: string): void {
  if (names.size < maxNames) names.add(short(name));
}

function short(name: string): string {
  return name.length > maxNameLength ? `${name.slice(0, maxNameLength)}…` : name;
}
