/**
 * The candidate that `text` was probably meant to be, or undefined if none is close.
 *
 * Close: at most two slips of a finger (a letter missing, added, wrong, or swapped with its
 * neighbour), and less than half of the word, so that short words do not attract everything.
 */
export function nearest(text: string, candidates: readonly string[]): string | undefined {
  // Nobody mistypes a command into this; comparing such a text would cost its length squared.
  if (text.length > 64) return undefined;
  const [best] = candidates
    .map((candidate) => ({ candidate, slips: slips(text, candidate) }))
    .filter((found) => found.slips <= Math.min(2, (found.candidate.length - 1) / 2))
    .sort((a, b) => a.slips - b.slips);
  return best?.candidate;
}

// Optimal string alignment distance, by rows.
function slips(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const wrong = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + wrong);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j]!, before[j - 2]! + 1);
    }
    before = above;
    above = row;
  }
  return above[b.length]!;
}
