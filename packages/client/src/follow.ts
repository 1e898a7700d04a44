import { type Columns, parseSelection } from "@plotcast/protocol";
import type { Change } from "./change.ts";
import { defaultEnvironment, type Environment } from "./environment.ts";
import { Line } from "./line.ts";
import { Listener } from "./listener.ts";
import { checkPlain, type PlainOptions } from "./plain-options.ts";
import { createRequest, parseUrl, type Query, type Target } from "./request.ts";
import type { Opened, Told } from "./told.ts";

/** Which samples of a stream are wanted, and how. */
export type Selected = {
  /** Selectors: names, globs (`cpu.*`), label matchers. Without any: what the URL itself selects. */
  readonly series?: readonly string[];
  /** How far back history reaches, as the server reads it: `15m`. */
  readonly span?: string;
  /** Width in pixels that history is wanted for. */
  readonly px?: number;
  /** Frames per second at most; each holds all that came since the one before. */
  readonly rate?: number;
};

/** What to follow, and how. Only `url` and `signal` are needed. */
export type FollowOptions = Target &
  Selected & {
    /** Ends it all: the last change is the status `ended`. */
    readonly signal: AbortSignal;
    /** Where an earlier `follow` stood: what has come since is told instead of history. */
    readonly position?: string;
    /** What is known of an endpoint that is not ours; the rest is guessed. */
    readonly plain?: PlainOptions;
    /**
     * The address is no stream but has the newest samples as JSON: it is asked every so many
     * milliseconds, except while the page is hidden.
     */
    readonly poll?: number;
    readonly environment?: Partial<Environment>;
  };

/** A stream that is being followed. Its changes can be taken once. */
export interface Following extends AsyncIterable<Change> {
  /**
   * Selects something else from now on; what is left out stays as it is. What was selected before
   * goes on where it is, without a loss or a repeat; what is new comes with its history. Throws
   * `bad-input` for a selector that is none.
   */
  select(selected: Selected): void;
}

/**
 * Follows a stream and never gives up: whatever happens to the connection, it comes back, and every
 * sample is told exactly once or the loss is told. Reads no faster than its changes are taken.
 * Throws `bad-input` for an address that is none, a zone that is none, and an interval of polling
 * that nobody can mean; whatever else happens is told as a change.
 */
export function follow(options: FollowOptions): Following {
  return new Follower(options, { ...defaultEnvironment(), ...options.environment });
}

type Matches = (series: string) => boolean;

/** Series that were selected at one time, and how far they have come. */
type Part = {
  readonly listener: Listener;
  readonly selectors: readonly string[];
  /** Undefined: whatever the stream has. */
  readonly matches?: Matches;
};

class Follower implements Following {
  readonly #line: Line<Query>;
  readonly #signal: AbortSignal;
  #selectors: readonly string[];
  #parts: readonly Part[];

  constructor(options: FollowOptions, environment: Environment) {
    const { series = [], position, signal } = options;
    const { searchParams } = parseUrl(options.url, environment.pageUrl);
    this.#selectors = [...searchParams.getAll("series"), ...series];
    this.#signal = signal;
    this.#parts = [{ listener: new Listener(position !== undefined), selectors: this.#selectors }];
    const own = series.length > 0 ? { series: this.#selectors } : {};
    const { plain = {}, poll } = options;
    checkPlain(plain, poll);
    const request = createRequest(options, environment, poll === undefined ? undefined : anyJson);
    const asked = { ...wanted(options), ...own };
    this.#line = new Line(request, asked, position, environment, { plain, poll });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Change, void> {
    for await (const told of this.#line.told(this.#signal)) {
      for (const change of this.#changes(told)) {
        const isLast = change.type === "status" && change.status.state === "ended";
        if (!this.#signal.aborted || isLast) yield change;
      }
    }
  }

  select(selected: Selected): void {
    const { series = this.#selectors } = selected;
    const { matches } = parseSelection(series);
    const before = this.#settled();
    const kept = before.map((part) => ({
      ...part,
      matches: (name: string) => part.matches(name) && matches(name),
    }));
    const added = {
      listener: new Listener(),
      selectors: series.filter((selector) => !this.#selectors.includes(selector)),
      matches: (name: string) => matches(name) && !before.some((part) => part.matches(name)),
    };
    this.#parts = added.selectors.length > 0 ? [...kept, added] : kept;
    this.#selectors = series;
    this.#ask({ ...wanted(selected), series });
  }

  /** The parts, those that are in step with the stream as one. */
  #settled(): Required<Part>[] {
    const all = this.#parts.map(
      (part): Required<Part> => ({ matches: matcherOf(this.#selectors), ...part }),
    );
    const inStep = all.filter(({ listener }) => listener.isNew(this.#line.position));
    const [first] = inStep;
    if (first === undefined) return all;
    const matches = (name: string) => inStep.some((part) => part.matches(name));
    return [{ ...first, matches }, ...all.filter((part) => !inStep.includes(part))];
  }

  #ask(query: Query): void {
    const waiting = this.#parts.filter(({ listener }) => !listener.live);
    const history = waiting
      .flatMap(({ selectors }) => selectors)
      .filter((selector) => this.#selectors.includes(selector));
    // Left out again before it was there.
    if (history.length === 0) this.#parts = this.#parts.filter(({ listener }) => listener.live);
    this.#line.ask({ ...this.#line.asked, ...query, history });
  }

  #changes(told: Told): Change[] {
    if (told.type === "open") return this.#open(told);
    const columns = new Map<string, Columns>();
    const changes: Change[] = [];
    for (const { listener, matches } of this.#parts) {
      const [change] = listener.accept(matches ? narrow(told, matches) : told);
      if (change === undefined) continue;
      if ("columns" in change)
        for (const [name, column] of change.columns) columns.set(name, column);
      changes.push(change);
    }
    // What came instead of the history that some are waiting for has been told.
    const isOver = told.type === "history" && told.done;
    if (isOver && this.#parts.some(({ listener }) => !listener.live)) this.#ask({});
    const [first] = changes;
    if (first === undefined) return [];
    return ["columns" in first ? { ...first, columns } : first];
  }

  #open(told: Opened): Change[] {
    const [changes = []] = this.#parts.map(({ listener }) => listener.accept(told));
    // It is told anew and in one piece, or by someone who knows no selections.
    const isOne = told.recovery === "whole" || told.recovery === "plain";
    if (isOne) this.#parts = [{ listener: this.#parts[0]!.listener, selectors: this.#selectors }];
    return isOne ? changes : [];
  }
}

/** Of what is polled. Some servers send nothing else than what they are asked for. */
const anyJson = "application/json, text/plain;q=0.9, */*;q=0.8";

function wanted({ span, px, rate }: Selected): Query {
  return {
    ...(span === undefined ? {} : { span }),
    ...(px === undefined ? {} : { px }),
    ...(rate === undefined ? {} : { rate }),
  };
}

function matcherOf(selectors: readonly string[]): Matches {
  return parseSelection(selectors.length > 0 ? selectors : ["*"]).matches;
}

/** Only what is told of series that match. */
function narrow(told: Told, matches: Matches): Told {
  if (!("columns" in told)) return told;
  return { ...told, columns: new Map([...told.columns].filter(([name]) => matches(name))) };
}
