/** How much of a bench to run, from 0 to 1: `node … size.bench.ts 0.01` to see that it works. */
export const scale = Math.min(1, Number(process.argv[2] ?? 1) || 1);

/** `full` at full size, less when the bench is scaled down. */
export function scaled(full: number, least = 1): number {
  return Math.max(least, Math.round(full * scale));
}

export function quantile(figures: readonly number[], q: number): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * q)] ?? Number.NaN;
}

export function median(figures: readonly number[]): number {
  return quantile(figures, 0.5);
}

/** A figure as text: thousands are grouped, small ones keep about three digits. `-` for none. */
export function text(figure: number | undefined, unit = ""): string {
  if (figure === undefined || Number.isNaN(figure)) return "-";
  const size = Math.abs(figure);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  const number = figure.toLocaleString("en", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return unit === "" ? number : `${number} ${unit}`;
}

/** A whole number as text. */
export function count(number: number): string {
  return Math.round(number).toLocaleString("en");
}

/** How many times as much `theirs` is as `ours`. */
export function ratio(theirs: number | undefined, ours: number): string {
  return theirs === undefined ? "-" : `${text(theirs / ours)} ×`;
}

/** Prints a table: the first column to the left, figures to the right. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  for (const line of lines) {
    const cells = line.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
    );
    console.log(cells.join("   "));
  }
}

const said = new Set<string>();

/** Says what cannot be measured, however often it cannot. */
export function sayOnce(line: string): void {
  if (!said.has(line)) console.log(line);
  said.add(line);
}
