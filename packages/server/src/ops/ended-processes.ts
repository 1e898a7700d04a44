import type { Metric } from "./metric.ts";

/**
 * Keeps what processes had counted that are no more. Without it the sums would fall when one ends,
 * which Prometheus takes for a restart of everything: it would count all of the others' work again.
 */
export class EndedProcesses {
  readonly #heard = new Map<number, readonly Metric[]>();
  /** By name; values in the order of the first that ended, for all processes name the same. */
  readonly #counted = new Map<string, Metric>();

  /** The last that a process told. What it counted after that nobody has seen, so nobody misses it. */
  heard(process: number, metrics: readonly Metric[]): void {
    this.#heard.set(process, metrics);
  }

  ended(process: number): void {
    for (const metric of this.#heard.get(process) ?? []) {
      if (metric.type === "gauge") continue;
      const before = this.#counted.get(metric.name)?.values;
      const values = metric.values.map((value, index) => ({
        ...value,
        value: value.value + (before?.[index]?.value ?? 0),
      }));
      this.#counted.set(metric.name, { ...metric, values });
    }
    this.#heard.delete(process);
  }

  /** To be added to what is told by those that live. */
  get counted(): readonly Metric[] {
    return [...this.#counted.values()];
  }
}
