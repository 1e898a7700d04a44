import type { Source } from "../data/source.ts";
import type { Layout } from "../layout.ts";
import { lacksCode } from "../lazy.ts";
import type { Role } from "../lineup.ts";
import type { Options } from "../options.ts";
import type { Scene } from "../scene.ts";
import type { Viewport } from "../viewport.ts";
import {
  chipOf,
  hintsOf,
  type Message,
  messageOf,
  type Situation,
  sentence,
  spokenOf,
} from "./status.ts";

/** A connection that is back by then was hardly lost: data that are in sight need no explanation. */
const noteAfterMs = 3000;
/** A screen reader is told at most this often that the state has changed. */
const spokenBeatMs = 10_000;

/** What is known of a chart when its state is told. */
export type Told = {
  readonly now: number;
  readonly options: Options;
  readonly roles: readonly Role[];
  readonly scene: Scene | undefined;
  /** Whether there is anything in view. Undefined while it is out of sight: nothing is drawn then. */
  readonly drawn: boolean | undefined;
  /** What could not be done as it was asked for, one sentence each. */
  readonly problems: readonly string[];
  /** What else is worth knowing, one sentence each. */
  readonly hints: readonly string[];
};

/** Says how a chart is: chip, message, and to screen readers. */
export class StatusLine {
  readonly #layout: Layout;
  readonly #source: Source;
  readonly #viewport: Viewport;
  #spokenAt = Number.NEGATIVE_INFINITY;
  #spoken = "";

  constructor(layout: Layout, source: Source, viewport: Viewport) {
    this.#layout = layout;
    this.#source = source;
    this.#viewport = viewport;
  }

  show(told: Told): void {
    const { now, problems, scene } = told;
    const situation = this.#situation(told);
    const bands = new Set((scene?.bands ?? []).map(({ text }) => text));
    const { notices } = this.#source;
    const hints = [...hintsOf(situation), ...notices.values(), ...told.hints, ...bands];
    this.#layout.setChip(chipOf(situation), hints.join("\n"));
    const early = situation.drawn && problems.length === 0 && now - situation.since < noteAfterMs;
    const message =
      messageOfProblems(problems) ?? messageOf(situation) ?? (lacksCode() ? incomplete : undefined);
    this.#layout.setMessage(early ? undefined : message, situation.drawn);
    this.#speak(problems.length > 0 ? message!.title : spokenOf(situation), now);
  }

  #speak(text: string, now: number): void {
    // Of fifty charts on a page, only the one that somebody is in speaks.
    if (!this.#layout.figure.matches(":focus-within")) return;
    if (text === this.#spoken || now - this.#spokenAt < spokenBeatMs) return;
    this.#spoken = text;
    this.#spokenAt = now;
    this.#layout.speak(text);
  }

  #situation({ now, options, roles, drawn }: Told): Situation {
    const { status, since, url, told, tracks, clock, whose, notices } = this.#source;
    let newestAt: number | undefined;
    let expectedMs: number | undefined;
    for (const { track } of roles) {
      const { ring, seenAt } = track;
      if (ring.length > 0 && seenAt > (newestAt ?? Number.NEGATIVE_INFINITY)) newestAt = seenAt;
      const median = ring.cadence.medianMs;
      if (median < (expectedMs ?? Number.POSITIVE_INFINITY)) expectedMs = median;
    }
    return {
      ...{ status, since, now, newestAt, expectedMs, url },
      ...{ known: told && roles.length > 0, notice: [...notices.values()].at(-1) },
      others: roles.length === 0 ? [...tracks.keys()] : [],
      drawn: drawn ?? newestAt !== undefined,
      ...{ skewMs: clock.skewMs, latencyMs: clock.latencyMs, held: this.#viewport.held },
      ...{ source: whose, ...options.language },
    };
  }
}

const incomplete: Message = {
  tone: "warn",
  title: "A part of the program cannot be loaded",
  detail: "What is shown does without it. Reload the page if this lasts.",
};

function messageOfProblems([first]: readonly string[]): Message | undefined {
  if (first === undefined) return undefined;
  return {
    tone: "warn",
    title: "An attribute was not understood",
    detail: `${sentence(first)} What is shown does without it.`,
  };
}
