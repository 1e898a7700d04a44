import { parsePosition } from "@plotcast/protocol";
import { Audience } from "./audience.ts";
import type { Status } from "./change.ts";
import { isAfter } from "./delivery.ts";
import { Election } from "./election.ts";
import type { Environment } from "./environment.ts";
import { type Announcement, Leader, type LeaderParts, type Wants } from "./leader.ts";
import type { Member } from "./member.ts";

/** What pages tell each other. */
type Message =
  /** Of whoever leads from now on: what does everyone want? */
  | { readonly type: "lead"; readonly term: number }
  /** Is there a leader? */
  | { readonly type: "ping" }
  /** There is; this is the number of what it said last. */
  | {
      readonly type: "here";
      readonly term: number;
      readonly count: number;
      readonly status: Status;
    }
  | { readonly type: "wants"; readonly wants: Wants }
  /** A page wants nothing more. */
  | { readonly type: "left"; readonly tab: string }
  | {
      readonly type: "told";
      readonly term: number;
      readonly count: number;
      readonly told: Announcement;
    }
  /** Somebody is looking: try again now, if that is what is being waited for. */
  | { readonly type: "wake" };

export type SharedStreamParts = {
  readonly connect: LeaderParts["connect"];
  readonly environment: Environment;
  /** Pages that share have the same one. */
  readonly name: string;
  /** Nobody uses it any more, or nobody can. */
  readonly closed: () => void;
};

// Charts come and go together: one reconnect for all of them.
const togetherMs = 20;
// A new leader waits for the others to say what they want no longer than this. Whoever is later may have
// to begin anew, so it is long; most answer in milliseconds.
const rollCallMs = 1000;
// Pages that are gone without a word are not to add up.
const maxOthers = 1000;
// People look into other tabs for a moment. Only then is less asked for.
const hiddenMs = 5000;
/** Frames per second: as smooth as eyes need, and as much as keeps a hidden page up to date. */
const seenRate = 30;
const hiddenRate = 1;

/**
 * The stream that all members of a page share, with those of other pages where these can be reached.
 *
 * One page leads and has the connection. It announces to all what comes, and each page hands its own
 * members what is theirs, in the state they are in: `Listener`. What a page has missed it notices by
 * the numbers of the announcements; what a new leader tells again, by the positions.
 */
export class SharedStream {
  readonly #parts: SharedStreamParts;
  readonly #tab: string;
  readonly #members = new Audience();
  readonly #off = new AbortController();
  #election: Election | undefined;
  #leader: Leader | undefined;
  /** Whose announcements count, and how many of them there have been. */
  #term = 0;
  #count = 0;
  /** Others listen to us. */
  #heard = false;
  /** Pages that were heard to want something, and not that they left. */
  readonly #others = new Set<string>();
  /** Those of them that a new leader waits for. */
  #silent = new Set<string>();
  /** The leader has been heard since others can be. */
  #met = false;
  #status: Status = { state: "connecting", attempt: 1 };
  /** How far the members have come that are live. */
  #position: string | undefined;
  #rate = seenRate;
  #keys = 0;
  readonly #timers = new Map<string, () => void>();

  constructor(parts: SharedStreamParts) {
    this.#parts = parts;
    const { random, onSight, onAway, onWake } = parts.environment;
    const { signal } = this.#off;
    this.#tab = `${random()}`.slice(2);
    if (!onSight((visible) => this.#seen(visible), signal)) this.#rate = hiddenRate;
    onAway((away) => (away ? this.#pause() : this.#open()), signal);
    onWake(() => this.#post({ type: "wake" }), signal);
    this.#open();
  }

  join(member: Member): void {
    this.#members.add(member);
    this.#name(member);
    const isNew = this.#status.state === "live" && !this.#members.plain;
    const status: Status = isNew ? { state: "connecting", attempt: 1 } : this.#status;
    member.tell([{ type: "status", status }]);
    this.#want(this.#position === undefined ? 0 : togetherMs);
  }

  leave(member: Member): void {
    if (this.#members.remove(member)) this.#want(togetherMs);
  }

  #open(): void {
    if (this.#election || this.#leader) return;
    // All have left while it was away.
    this.#want(0);
    const { environment, name } = this.#parts;
    const { tabs } = environment;
    if (!tabs) {
      this.#lead(false);
      return;
    }
    this.#election = new Election({
      ...{ name, tab: this.#tab, tabs, environment },
      met: () => this.#post({ type: "ping" }),
      ping: () => this.#post({ type: "ping" }),
      lead: () => this.#lead(this.#term > 0),
      unlead: () => this.#follow(),
      hear: (message) => this.#hear(message as Message),
    });
  }

  /** Nothing can be heard for a while; another page may lead. */
  #pause(): void {
    this.#post({ type: "left", tab: this.#tab });
    for (const callOff of this.#timers.values()) callOff();
    this.#timers.clear();
    this.#follow();
    this.#met = false;
    this.#election?.close();
    this.#election = undefined;
  }

  #close(): void {
    this.#off.abort();
    this.#pause();
    this.#parts.closed();
  }

  /** `succeeds`: there are others, who may not have come as far as this page. */
  #lead(succeeds: boolean): void {
    const { connect, environment } = this.#parts;
    const { now, random } = environment;
    this.#term = Math.max(this.#term + 1, now()) + random();
    this.#count = 0;
    this.#heard ||= succeeds;
    const leader = new Leader({ connect, environment, announce: (told) => this.#announce(told) });
    this.#leader = leader;
    this.#post({ type: "lead", term: this.#term });
    leader.hear(this.#wants());
    this.#silent = new Set(succeeds ? this.#others : []);
    // Some may never have been heard.
    this.#begin(leader, this.#silent.size > 0 ? rollCallMs : succeeds ? togetherMs : 0);
  }

  #begin(leader: Leader, ms: number): void {
    this.#after("start", ms, () => {
      for (const tab of this.#silent) this.#others.delete(tab);
      this.#silent.clear();
      leader.hear(this.#wants());
      leader.start();
    });
  }

  #answered(tab: string): void {
    const isLast = this.#silent.delete(tab) && this.#silent.size === 0;
    if (isLast && this.#leader) this.#begin(this.#leader, 0);
  }

  #gone(tab: string): void {
    this.#others.delete(tab);
    this.#leader?.forget(tab);
    this.#answered(tab);
  }

  #follow(): void {
    this.#leader?.close();
    this.#leader = undefined;
  }

  #announce(told: Announcement): void {
    this.#count++;
    if (this.#heard) this.#post({ type: "told", term: this.#term, count: this.#count, told });
    this.#take(told);
  }

  #post(message: Message): void {
    this.#election?.post(message);
  }

  #hear(message: Message): void {
    const leader = this.#leader;
    switch (message.type) {
      case "ping":
        if (!leader) return;
        this.#heard = true;
        this.#post({ type: "here", term: this.#term, count: this.#count, status: leader.status });
        break;
      case "wants":
        if (this.#others.size < maxOthers) this.#others.add(message.wants.tab);
        if (leader) this.#hearWants(message.wants, leader);
        this.#answered(message.wants.tab);
        break;
      case "left":
        this.#gone(message.tab);
        break;
      case "wake":
        leader?.wake();
        break;
      default:
        // Of those who lead no more, some do not know it yet.
        if (message.term >= this.#term) this.#hearLeader(message);
    }
  }

  #hearWants(wants: Wants, leader: Leader): void {
    this.#heard = true;
    if (!leader.knows(wants.tab)) {
      const gone = () => this.#gone(wants.tab);
      this.#election?.watch(wants.tab, gone, leader.signal);
    }
    leader.hear(wants);
  }

  #hearLeader(message: Extract<Message, { readonly term: number }>): void {
    this.#election?.heard();
    this.#met = true;
    const { term, count } = message.type === "lead" ? { ...message, count: 0 } : message;
    if (this.#leader) this.#follow();
    const expected = this.#count + (message.type === "told" ? 1 : 0);
    const missed = message.type !== "lead" && (term !== this.#term || count !== expected);
    this.#term = term;
    this.#count = count;
    if (missed) this.#lose();
    if (message.type === "told") {
      this.#take(message.told);
      return;
    }
    const { status } = message.type === "here" ? message : {};
    if (status?.state === "waiting") this.#take({ type: "status", status });
    this.#sendWants();
  }

  /** Something was not heard, and nobody knows what: perhaps that a history was on its way. */
  #lose(): void {
    this.#position = undefined;
    for (const member of this.#members) this.#restart(member, "this page was away");
  }

  #restart(member: Member, reason: string): void {
    member.tell(member.listener.restart(reason));
    this.#name(member);
    this.#want(0);
  }

  #name(member: Member): void {
    member.key = `${this.#tab}/${this.#keys++}`;
  }

  #take(told: Announcement): void {
    switch (told.type) {
      case "status":
        this.#become(told.status);
        return;
      case "open":
        this.#opened(told);
        return;
      case "samples":
        if (this.#knows(told.position)) return;
        // A new leader began further back, and some of these samples are known.
        if (this.#knows(told.after) && told.after !== this.#position) this.#lose();
        break;
      case "idle":
        if (this.#knows(told.position)) return;
    }
    if ("position" in told && told.position !== undefined) this.#position = told.position;
    this.#members.tell(told);
    for (const member of this.#members) {
      if (!member.full) continue;
      member.drop();
      this.#restart(member, "it was not read for too long");
    }
  }

  /** Whether a position has been reached; a new leader begins where others stood. */
  #knows(position: string | undefined): boolean {
    const at = parsePosition(position ?? "");
    const own = parsePosition(this.#position ?? "");
    return at !== undefined && own?.epoch === at.epoch && !isAfter(at, own);
  }

  #become(status: Status): void {
    this.#status = status;
    const last = status.state === "refused" || status.state === "ended";
    for (const member of this.#members) {
      if (last) member.end({ type: "status", status });
      else member.tell([{ type: "status", status }]);
    }
    if (last) this.#close();
    else if (status.state === "waiting" && !this.#leader) {
      // The leader may be hidden, and its timers slow.
      const ms = Math.max(0, status.retryAt - this.#parts.environment.now());
      this.#after("poke", ms, () => this.#post({ type: "wake" }));
    }
  }

  #opened(told: Extract<Announcement, { readonly type: "open" }>): void {
    const { recovery, at, carried, takers } = told;
    const resumes = recovery === "exact" || recovery === "reduced";
    const missed = resumes && !this.#knows(at);
    if (recovery === "whole") this.#position = undefined;
    this.#members.plain = recovery === "plain";
    for (const member of this.#members) {
      const { listener, key } = member;
      const isLost = listener.live && !this.#members.plain && (missed || !carried.has(key));
      if (isLost) this.#restart(member, "what came meanwhile was for others");
      member.tell(listener.accept(told, takers.has(key)));
    }
    if (missed) this.#position = at;
  }

  /** Has it known soon what the members want. */
  #want(ms: number): void {
    if (this.#off.signal.aborted) return;
    if (!this.#timers.has("want")) this.#after("want", ms, () => this.#sendWants());
  }

  #sendWants(): void {
    this.#timers.get("want")?.();
    this.#timers.delete("want");
    if (this.#members.size === 0) this.#close();
    else if (this.#leader) this.#leader.hear(this.#wants());
    else if (this.#met) this.#post({ type: "wants", wants: this.#wants() });
  }

  #wants(): Wants {
    const members = [...this.#members];
    const wishes = members.map(({ wish, key, listener }) => {
      const { series, span, spanMs, px } = wish;
      return { key, series, span, spanMs, px, joined: listener.live };
    });
    const rates = members.map(({ wish }) => wish.rate ?? seenRate);
    const rate = this.#rate === hiddenRate ? hiddenRate : Math.max(hiddenRate, ...rates);
    return { tab: this.#tab, position: this.#position, rate, wishes };
  }

  #seen(visible: boolean): void {
    this.#after("rate", visible ? 0 : hiddenMs, () => {
      this.#rate = visible ? seenRate : hiddenRate;
      this.#want(0);
    });
  }

  /** One timer of each name. */
  #after(name: string, ms: number, callback: () => void): void {
    this.#timers.get(name)?.();
    const callOff = this.#parts.environment.after(ms, () => {
      this.#timers.delete(name);
      callback();
    });
    this.#timers.set(name, callOff);
  }
}
