/** Those whose libraries are not ours to install. */
const apart = ["chartjs", "echarts"];

/** What to do about a renderer that nobody knows: which there are, and which is spelled nearly so. */
export function unknown(key: string, known: readonly string[]): string {
  const near = known
    .map((name) => ({ name, edits: editsBetween(key.slice(0, 40), name) }))
    .sort((a, b) => a.edits - b.edits)[0];
  // Half of it wrong is another word.
  let hint = near && near.edits <= near.name.length / 2 ? `; did you mean ${near.name}?` : "";
  if (apart.includes(key)) hint = `; register it first: it is in @plotcast/chart/${key}`;
  return `expected renderer=${known.map(quote).join(" or ")}, found ${quote(key)}${hint}`;
}

// Cut, so that a sentence never becomes as large as what it complains about.
function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

/** How many letters must be added, taken away or changed to make one of the other. */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const above = row;
    row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(changed, above[j]! + 1, row[j - 1]! + 1);
    }
  }
  return row[b.length]!;
}
