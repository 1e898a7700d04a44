/**
 * Where a viewer stands in a log; travels as the SSE event id, e.g. `k3x9-1042` or `k3x9-1042.3`.
 *
 * The epoch changes whenever a log starts over. Without it, a viewer at offset 3 of a lost log would
 * resume at offset 4 of a new one and never learn that it missed 1 to 3.
 *
 * `part` counts the samples already seen of the batch *after* `offset`. Only the plain form, which
 * sends one event per sample, can be cut inside a batch; everyone else leaves it 0. A reader that
 * ignores it sees some samples again, and loses none.
 */
export type Position = { readonly epoch: string; readonly offset: number; readonly part: number };

export function formatPosition(epoch: string, offset: number, part = 0): string {
  return part === 0 ? `${epoch}-${offset}` : `${epoch}-${offset}.${part}`;
}

/** Returns undefined for anything we did not write: the caller then starts over, it does not fail. */
export function parsePosition(text: string): Position | undefined {
  const match = /^([a-z0-9]{1,16})-(\d{1,15})(?:\.([1-9]\d{0,8}))?$/.exec(text);
  // `$` also matches before a final line break, which we never write.
  if (!match || text.endsWith("\n")) return undefined;
  return { epoch: match[1]!, offset: Number(match[2]), part: Number(match[3] ?? 0) };
}
