import type { Columns } from "@plotcast/protocol";
import type { Announcement } from "./leader.ts";
import type { Member } from "./member.ts";

/** The members of a page, and who of them is told what. */
export class Audience implements Iterable<Member> {
  readonly #members = new Set<Member>();
  /** By series, of those that have been asked about: most frames have the same ones. */
  readonly #bySeries = new Map<string, readonly Member[]>();
  #plain = false;

  get size(): number {
    return this.#members.size;
  }

  [Symbol.iterator](): Iterator<Member> {
    return [...this.#members][Symbol.iterator]();
  }

  add(member: Member): void {
    this.#members.add(member);
    this.#bySeries.clear();
  }

  /** Returns whether it was there. */
  remove(member: Member): boolean {
    this.#bySeries.clear();
    return this.#members.delete(member);
  }

  /** Whoever tells it knows no selections: all of it is for everyone. */
  get plain(): boolean {
    return this.#plain;
  }

  set plain(plain: boolean) {
    this.#plain = plain;
    this.#bySeries.clear();
  }

  /** Tells each member what is of its series. */
  tell(told: Exclude<Announcement, { readonly type: "open" }>): void {
    const columns = new Map<Member, Map<string, Columns>>();
    for (const [series, column] of "columns" in told ? told.columns : []) {
      for (const member of this.#of(series)) {
        const own = columns.get(member) ?? new Map<string, Columns>();
        columns.set(member, own.set(series, column));
      }
    }
    for (const member of this.#members) {
      const own =
        "columns" in told
          ? { ...told, columns: columns.get(member) ?? new Map<string, Columns>() }
          : this.#narrow(told, member);
      member.tell(member.listener.accept(own));
    }
  }

  #narrow<T extends Announcement>(told: T, member: Member): T {
    if (told.type !== "series") return told;
    return {
      ...told,
      series: told.series.filter((entry) => this.#of(entry.series).includes(member)),
    };
  }

  #of(series: string): readonly Member[] {
    const known = this.#bySeries.get(series);
    if (known) return known;
    const matches = (member: Member) => this.#plain || member.wish.matches(series);
    const found = [...this.#members].filter(matches);
    this.#bySeries.set(series, found);
    return found;
  }
}
