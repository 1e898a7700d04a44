import { guarded } from "./errors.ts";
import type { Held } from "./viewport.ts";
import type { View } from "./window.ts";

/** What a chart is told by the others of its group. */
export type GroupMember = {
  /** The time another chart's crosshair is at; undefined: it is gone. */
  readonly pointed: (time: number | undefined) => void;
  /** The stretch another chart is held at; undefined: it follows. */
  readonly looked: (view: View | undefined) => void;
};

/** What a chart tells the others of its group. */
export type GroupVoice = {
  readonly point: (time: number | undefined) => void;
  /** Of a box only the time: heights are each chart's own. */
  readonly look: (held: Held | undefined) => void;
};

class Group {
  readonly members = new Set<GroupMember>();
  view: View | undefined;
  time: number | undefined;
  pointer: GroupMember | undefined;
  #telling = false;

  point(from: GroupMember, time: number | undefined): void {
    // A pointer that leaves one chart has often entered the next before.
    if (time === undefined && this.pointer !== from) return;
    if (this.#telling || (time === this.time && this.pointer === from)) return;
    this.time = time;
    this.pointer = time === undefined ? undefined : from;
    this.#tell(from, (member) => member.pointed(time));
  }

  look(from: GroupMember, held: Held | undefined): void {
    if (this.#telling || sameView(held, this.view)) return;
    this.view = held && { from: held.from, to: held.to };
    const { view } = this;
    this.#tell(from, (member) => member.looked(view));
  }

  // Whoever is told something will say so in turn: that is an echo, and ends here.
  #tell(from: GroupMember, tell: (member: GroupMember) => void): void {
    this.#telling = true;
    for (const member of [...this.members]) if (member !== from) guarded(() => tell(member));
    this.#telling = false;
  }

  /** What has been agreed on before someone came. */
  greet(member: GroupMember): void {
    if (!this.view) return;
    this.#telling = true;
    guarded(() => member.looked(this.view));
    this.#telling = false;
  }
}

const groups = new Map<string, Group>();

/**
 * Joins the charts of this page with the same `sync="name"`: whatever draws them, they share crosshair
 * and held view. Who comes later is told at once where the others are held. Without a name a chart is
 * alone. Abort leaves.
 */
export function joinGroup(name: string, member: GroupMember, signal: AbortSignal): GroupVoice {
  if (name === "" || signal.aborted) return { point: () => {}, look: () => {} };
  const group = groups.get(name) ?? new Group();
  groups.set(name, group);
  group.greet(member);
  group.members.add(member);
  signal.addEventListener(
    "abort",
    () => {
      group.point(member, undefined);
      group.members.delete(member);
      if (group.members.size === 0 && groups.get(name) === group) groups.delete(name);
    },
    { once: true },
  );
  const here = (tell: () => void) => {
    if (group.members.has(member)) tell();
  };
  return {
    point: (time) => here(() => group.point(member, time)),
    look: (held) => here(() => group.look(member, held)),
  };
}

function sameView(a: View | undefined, b: View | undefined): boolean {
  return a?.from === b?.from && a?.to === b?.to;
}
