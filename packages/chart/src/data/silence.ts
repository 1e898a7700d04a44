import type { Band, SceneSeries } from "../scene.ts";
import { durationText } from "../text/format.ts";
import type { View } from "../window.ts";
import { afterCut, afterSilence, lowerBound } from "./ring.ts";

/** A series as it is drawn; its silence until now is that of its track. */
export type Silenceable = Pick<SceneSeries, "ring" | "line" | "track">;

type Stretch = { readonly from: number; readonly to: number };

/** Bands of a chart at most: beyond, they are a pattern, and each costs an element of the page. */
const maxBands = 50;

/**
 * The stretches in which all of the series were silent for longer than their own cadence allows, and
 * the one that lasts until now: `now` on our clock, `offsetMs` that of the source ahead of it. What is
 * `explained` already is left out. Looks at what is drawn only: a point that is not joined to the one
 * before it is followed up, nothing else.
 */
export function silentBands(
  series: readonly Silenceable[],
  view: View,
  now: number,
  offsetMs: number,
  explained: readonly Band[] = [],
): Band[] {
  const heard = series.filter(({ ring, track }) => ring.length > 0 || track.ring.length > 0);
  const until = Math.min(view.to, now + offsetMs);
  const silences = heard.map((one) => silencesOf(one, now, until));
  const births = heard.map(birthOf);
  if (silences.some((own, i) => own.length === 0 && births[i]! <= view.from)) return [];
  const stretches = shared(silences, births).filter(
    (stretch) => !explained.some((band) => band.kind !== "reduced" && covers(band, stretch)),
  );
  const expected = fastest(heard);
  const longest = stretches.sort((a, b) => lengthOf(b) - lengthOf(a)).slice(0, maxBands);
  return longest
    .sort((a, b) => a.from - b.from)
    .map(({ from, to }) => {
      const lasts = to === until;
      const length = durationText(lasts ? now + offsetMs - from : to - from);
      const what = lasts ? `Last sample ${length} ago` : `No samples for ${length}`;
      return { from, to, kind: "silent", text: `${what}${expected}` };
    });
}

function silencesOf(one: Silenceable, now: number, until: number): Stretch[] {
  const { ring, line, track } = one;
  const silences: Stretch[] = [];
  const lineStarts = line.starts.subarray(0, line.length);
  for (let i = lineStarts.indexOf(1, 1); i > 0; i = lineStarts.indexOf(1, i + 1)) {
    const [from, to] = [line.times[i - 1]!, line.times[i]!];
    const { times, starts } = ring;
    const after = lowerBound(times, to);
    // A series may also have said that it has no value: where it did so, it was not silent.
    const next = Math.min(after, lowerBound(times, from) + 1);
    const ends = new Set([next, after]);
    for (const end of ends) {
      const stretch = { from: times[end - 1]!, to: times[end]! };
      const silent = lengthOf(stretch) > ring.cadence.silenceMs;
      if (starts[end] === afterSilence || (starts[end] === afterCut && silent)) {
        silences.push(stretch);
      }
    }
  }
  const last = track.ring.newestTime;
  if (isSilent(one, now) && last < until) silences.push({ from: last, to: until });
  return silences;
}

/** By when its samples come: their own times may be of another clock. */
function isSilent({ track }: Silenceable, now: number): boolean {
  return track.ring.length > 0 && now - track.seenAt > track.ring.cadence.silenceMs;
}

/** What was before the first sample is not known: it speaks neither for a silence nor against one. */
function birthOf({ ring, track }: Silenceable): number {
  return Math.min(...[ring, track.ring].map(({ times }) => times[0] ?? Number.POSITIVE_INFINITY));
}

/** Where each series is silent or not yet there, and one at least is silent. */
function shared(silences: readonly (readonly Stretch[])[], births: readonly number[]): Stretch[] {
  const edges = silences.flatMap((own, i) => [
    ...own.flatMap(({ from, to }) => [
      { at: from, silent: 1, absent: 0 },
      { at: to, silent: -1, absent: 0 },
    ]),
    { at: Number.NEGATIVE_INFINITY, silent: 0, absent: 1 },
    { at: births[i]!, silent: 0, absent: -1 },
  ]);
  edges.sort((a, b) => a.at - b.at);
  const stretches: Stretch[] = [];
  let [silent, absent, from] = [0, 0, Number.NaN];
  for (const edge of edges) {
    // Silences that meet are two: there was a sample between them.
    if (silent > 0 && silent + absent === silences.length && edge.at > from) {
      stretches.push({ from, to: edge.at });
    }
    silent += edge.silent;
    absent += edge.absent;
    from = edge.at;
  }
  return stretches;
}

function covers({ from, to }: Stretch, inner: Stretch): boolean {
  const middle = (inner.from + inner.to) / 2;
  return from <= middle && middle <= to;
}

function lengthOf({ from, to }: Stretch): number {
  return to - from;
}

function fastest(series: readonly Silenceable[]): string {
  const known = series.map(({ track }) => track.ring.cadence.medianMs).filter((ms) => ms > 0);
  if (known.length === 0) return "";
  const ms = Math.min(...known);
  const text = ms < 950 ? `${Number(ms.toPrecision(2))}\u00a0ms` : durationText(ms + 500);
  return `, expected every ${text}`;
}
