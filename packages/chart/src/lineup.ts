import type { Selection } from "@plotcast/protocol";
import type { Track } from "./data/track.ts";
import type { Options } from "./options.ts";
import { type Look, looksOf, palette } from "./palette.ts";
import type { Draw } from "./renderer.ts";
import { shortNames } from "./text/names.ts";

/** What is asked for some of the series: `<live-series>`. What is left out is as for the others. */
export type SeriesRule = {
  readonly selection: Selection;
  readonly label?: string | undefined;
  /** A place in the palette, from 1. */
  readonly color?: number | undefined;
  readonly draw?: Draw | undefined;
  readonly right?: boolean | undefined;
  readonly unit?: string | undefined;
};

/** One series of a chart: what is told apart by it, and how. */
export type Role = {
  readonly track: Track;
  readonly name: string;
  readonly look: Look;
  readonly draw: Draw;
  readonly unit: string | undefined;
  /** Its values are the rates of a counter. */
  readonly rates: boolean;
  /** Which of `Lineup.sides`. */
  readonly scale: number;
};

/** Which series a chart shows, and how. */
export type Lineup = {
  readonly roles: readonly Role[];
  /** Where the axes of values are: one, or the left and the right one. */
  readonly sides: readonly ("left" | "right")[];
  /** How many more there are. */
  readonly hidden: number;
};

/** Lines drawn at most. More cannot be told apart, and would keep the whole page from drawing. */
const maxLines = 60;

export const nobody: Lineup = { roles: [], sides: ["left"], hidden: 0 };

/** Chooses the series of a chart and gives each its part; rules count in their order, the last wins. */
export function lineUp(
  tracks: Iterable<Track>,
  options: Options,
  rules: readonly SeriesRule[],
): Lineup {
  const { selection } = options;
  const all = [...tracks];
  const chosen = selection ? all.filter(({ series }) => selection.matches(series)) : all;
  const shown = chosen.slice(0, maxLines);
  const names = shortNames(shown.map(({ series }) => series));
  const looks = looksOf(shown.map(({ series }) => series));
  const roles = shown.map((track, i) => castOf(track, names[i]!, looks[i]!, options, rules));
  return { ...sided(roles, options), hidden: chosen.length - shown.length };
}

/** Whether nobody plays another part than before. */
export function sameLineup(a: Lineup, b: Lineup): boolean {
  return (
    a.hidden === b.hidden &&
    a.roles.length === b.roles.length &&
    a.roles.every((role, i) => {
      const other = b.roles[i]!;
      return role.track === other.track && describe(role) === describe(other);
    })
  );
}

function describe({ track: _, ...others }: Role): string {
  return JSON.stringify(others);
}

type Cast = Omit<Role, "scale"> & { readonly right: boolean };

function castOf(
  track: Track,
  name: string,
  look: Look,
  options: Options,
  rules: readonly SeriesRule[],
): Cast {
  const rule = Object.assign(
    {},
    ...rules.filter(({ selection }) => selection.matches(track.series)).map(given),
  ) as Partial<SeriesRule>;
  const rates = options.as === "rates" || (options.as === "auto" && track.isCounter);
  const told = rule.unit ?? options.unit ?? track.unit;
  return {
    track,
    name: rule.label ?? name,
    look: rule.color === undefined ? look : { ...look, color: (rule.color - 1) % palette.length },
    draw: rule.draw ?? options.draw,
    unit: rates && rule.unit === undefined && options.unit === undefined ? perSecond(told) : told,
    rates,
    right: rule.right ?? options.right?.matches(track.series) ?? false,
  };
}

/** What a rule says, without what it leaves open: an earlier rule may have said that. */
function given(rule: SeriesRule): Partial<SeriesRule> {
  return Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined));
}

function perSecond(unit: string | undefined): string {
  return `${unit ?? ""}/s`;
}

/** Two units need two axes, even if nobody asked for the second; more than two have none that fits. */
function sided(casts: readonly Cast[], options: Options): Pick<Lineup, "roles" | "sides"> {
  const asked = options.right !== undefined || casts.some(({ right }) => right);
  const units = [...new Set(casts.map(({ unit }) => unit))];
  const two = !asked && !options.stacked && units.length === 2;
  const onRight = (cast: Cast) => (asked ? cast.right : two && cast.unit === units[1]);
  const rights = casts.filter(onRight).length;
  const sides = ["left", "right"] as const;
  const used = sides.filter((_, i) =>
    i === 0 ? rights < casts.length || rights === 0 : rights > 0,
  );
  const roles = casts.map((cast): Role => {
    const { right: _, ...role } = cast;
    return { ...role, scale: used.indexOf(onRight(cast) ? "right" : "left") };
  });
  return { roles, sides: used };
}
