import type {
  ChartSpec,
  Draw,
  Frame,
  Line,
  LineStyle,
  Tick,
  YScale,
} from "../../packages/chart/src/renderer.ts";
import { seededRandom } from "../random.ts";

/** What a chart would draw next, or that it has another size now. */
export type Step = {
  readonly frame: Frame;
  readonly width: number;
  readonly height: number;
  readonly spec: ChartSpec;
};

const draws: readonly Draw[] = ["line", "line", "step", "area", "bars", "points"];
const dashes = [[], [], [], [7, 3], [2, 3], [9, 3, 2, 3]] as const;
const colors = ["#4559d2", "rgb(231, 90, 10)", "rgba(16, 149, 123, 0.6)", "#711a4b"];

type Track = {
  readonly style: LineStyle;
  readonly times: number[];
  readonly values: number[];
  readonly bases: number[];
  readonly starts: number[];
  readonly everyMs: number;
  changedFrom: number;
};

/**
 * A chart at work, by chance: samples come, late ones too, lines are interrupted, the window slides by
 * whole pixels or jumps, and now and then everything is another size. Frames keep the contract of a
 * renderer, and no more than that: points out of view are left out, but for one at each edge.
 */
export class Walk {
  readonly #random: () => number;
  readonly #ratio: number;
  readonly #tracks: Track[];
  readonly #logs: readonly boolean[];
  readonly #stacked: boolean;
  #width: number;
  #height: number;
  #span: number;
  /** The end of the view, in pixels since the epoch. */
  #end: number;
  #marked = false;
  #tickMs: number;
  #top = 100;

  constructor(seed: number, ratio: number) {
    this.#random = seededRandom(seed);
    this.#ratio = ratio;
    this.#width = this.#whole(240, 520);
    this.#height = this.#whole(120, 260);
    this.#span = this.#of([10_000, 60_000, 61_234, 300_000, 333.25]);
    this.#logs = this.#chance(0.5) ? [this.#chance(0.3)] : [false, this.#chance(0.5)];
    this.#stacked = this.#chance(0.3);
    this.#tracks = Array.from({ length: this.#whole(1, 5) }, (_, i) => this.#track(i));
    this.#tickMs = this.#span / this.#whole(3, 6);
    this.#end = Math.floor((1.79e12 + this.#random() * 1e10) / this.#msPerPixel);
    for (const track of this.#tracks) this.#grow(track, this.#to - 1.3 * this.#span);
  }

  next(): Step {
    this.#move();
    for (const track of this.#tracks) {
      if (this.#chance(0.9)) this.#grow(track, this.#to);
      if (this.#chance(0.08)) this.#late(track);
    }
    if (this.#chance(0.02)) this.#marked = !this.#marked;
    if (this.#chance(0.02)) this.#top = this.#of([80, 100, 140]);
    if (this.#chance(0.02)) this.#tickMs = this.#span / this.#whole(3, 6);
    const frame = this.#frame();
    for (const track of this.#tracks) track.changedFrom = Number.POSITIVE_INFINITY;
    return { frame, width: this.#width, height: this.#height, spec: this.#spec() };
  }

  get #plot() {
    const css = { left: 56, top: 12, right: 40, bottom: 32 };
    const left = Math.round(css.left * this.#ratio);
    const top = Math.round(css.top * this.#ratio);
    const width = this.#width - left - Math.round(css.right * this.#ratio);
    return { left, top, width, height: this.#height - top - Math.round(css.bottom * this.#ratio) };
  }

  get #msPerPixel(): number {
    return this.#span / this.#plot.width;
  }

  get #to(): number {
    return this.#end * this.#msPerPixel;
  }

  #move(): void {
    const kind = this.#random();
    if (kind < 0.02) this.#end += this.#random() * 9;
    else if (kind < 0.05) this.#end -= this.#whole(1, 40);
    else if (kind < 0.08) this.#end += this.#whole(20, 200);
    else if (kind < 0.1) this.#end = Math.floor(this.#end);
    else if (kind < 0.13) this.#resize();
    else this.#end += this.#of([0, 1, 1, 1, 2, 3]);
  }

  /** The same time is at another pixel then. */
  #resize(): void {
    const before = this.#to;
    this.#width = this.#whole(240, 520);
    this.#height = this.#whole(120, 260);
    this.#span *= this.#of([1, 1, 1.5]);
    this.#end = Math.floor(before / this.#msPerPixel);
  }

  #track(i: number): Track {
    const scale = i > 0 ? this.#whole(0, this.#logs.length - 1) : 0;
    const style: LineStyle = {
      ...{ series: `s${i}`, color: this.#of(colors), dash: this.#of(dashes), scale },
      width: this.#of([1, 1.5, 2, 3]),
      draw: this.#stacked ? "area" : this.#of(draws),
    };
    const everyMs = (this.#span / 300) * this.#of([0.25, 0.7, 1, 4, 15, 60]);
    const changedFrom = Number.NEGATIVE_INFINITY;
    return { style, times: [], values: [], bases: [], starts: [], everyMs, changedFrom };
  }

  /** Samples up to now. */
  #grow(track: Track, begin: number): void {
    let last = track.times.at(-1) ?? begin;
    for (;;) {
      // Sometimes one that the clock of its sender puts a little ahead.
      last += track.everyMs * (0.7 + 0.6 * this.#random());
      if (last > this.#to + (this.#chance(0.1) ? track.everyMs : 0)) return;
      if (this.#chance(0.01)) last += track.everyMs * 12;
      this.#insert(track, last, this.#chance(0.05));
    }
  }

  #late(track: Track): void {
    this.#insert(track, this.#to - this.#random() * this.#span * 0.6, this.#chance(0.3));
  }

  #insert(track: Track, time: number, start: boolean): void {
    const { times, values, bases, starts } = track;
    let i = times.length;
    while (i > 0 && times[i - 1]! > time) i--;
    const before = values[i - 1] ?? 50;
    const walk = Math.min(120, Math.max(0.5, before + (this.#random() - 0.5) * 20));
    times.splice(i, 0, time);
    values.splice(i, 0, this.#chance(0.02) ? 100_000 * this.#random() : walk);
    bases.splice(i, 0, walk * 0.6);
    starts.splice(i, 0, start || i === 0 ? 1 : 0);
    track.changedFrom = Math.min(track.changedFrom, time);
  }

  #frame(): Frame {
    const view = { from: this.#to - this.#span, to: this.#to };
    return {
      ...{ plot: this.#plot, view },
      scales: this.#logs.map((log, i) => this.#scale(log, i)),
      xTicks: this.#timeTicks(view),
      lines: this.#tracks.map((track) => this.#line(track, view)),
    };
  }

  #line(track: Track, { from, to }: Frame["view"]): Line {
    const { times, values, bases, starts, changedFrom } = track;
    const inside = times.findIndex((time) => time >= from);
    const beyond = times.findIndex((time) => time > to);
    const first = Math.max(0, (inside < 0 ? times.length : inside) - 1);
    const end = beyond < 0 ? times.length : beyond + 1;
    const line: Line = {
      times: Float64Array.from(times.slice(first, end)),
      values: Float64Array.from(values.slice(first, end)),
      starts: Uint8Array.from(starts.slice(first, end), (start, i) => (i === 0 ? 1 : start)),
      length: end - first,
      marked: this.#marked,
      changedFrom,
      ...(this.#stacked ? { bases: Float64Array.from(bases.slice(first, end)) } : {}),
    };
    // What has left the view does not come back: rings forget.
    if (this.#chance(0.1)) for (const list of [times, values, bases, starts]) list.splice(0, first);
    return line;
  }

  #scale(log: boolean, i: number): YScale {
    const side = i === 0 ? "left" : "right";
    const places = log ? [0.1, 1, 10, 100] : [0, 20, 40, 60, 80, this.#top];
    const ticks = places.map((at) => ({ at, text: String(at) }));
    return { min: places[0]!, max: places.at(-1)!, log, side, ticks };
  }

  #timeTicks({ from, to }: Frame["view"]): Tick[] {
    const ticks: Tick[] = [];
    for (let i = Math.ceil(from / this.#tickMs); i * this.#tickMs <= to; i++) {
      const at = i * this.#tickMs;
      const text = new Date(at).toISOString().slice(11, 19);
      ticks.push({ at, text: at - from < 0.1 * this.#span ? "" : text });
    }
    return ticks;
  }

  #spec(): ChartSpec {
    return {
      lines: this.#tracks.map(({ style }) => style),
      ...{ ink: "#5a6570", grid: "#e4e8ec", axis: "#b3bcc5" },
      ...{ fontFamily: "sans-serif", fontSize: 11 },
    };
  }

  #chance(share: number): boolean {
    return this.#random() < share;
  }

  #whole(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1));
  }

  #of<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.#random() * choices.length)]!;
  }
}
