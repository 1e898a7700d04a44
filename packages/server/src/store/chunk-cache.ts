import type { Points } from "./points.ts";

/** 16 bytes for each sample, 10 MB in all: the last hour of more than a hundred series at 1 Hz. */
export const maxCached = 600_000;

/** Chunks as they were read last, decoded: many viewers look at the same hour. */
export class ChunkCache {
  /** By the id of the row; the one that was used last is at the end. */
  readonly #chunks = new Map<number, Points>();
  #samples = 0;

  get(id: number): Points | undefined {
    const points = this.#chunks.get(id);
    if (!points) return undefined;
    this.#chunks.delete(id);
    this.#chunks.set(id, points);
    return points;
  }

  set(id: number, points: Points): void {
    this.#chunks.set(id, points);
    this.#samples += points.times.length;
    for (const [oldest] of this.#chunks) {
      if (this.#samples <= maxCached) return;
      this.delete(oldest);
    }
  }

  /** To be called for every row that goes: another may get its id. */
  delete(id: number): void {
    this.#samples -= this.#chunks.get(id)?.times.length ?? 0;
    this.#chunks.delete(id);
  }

  clear(): void {
    this.#chunks.clear();
    this.#samples = 0;
  }
}
