import type { Sample } from "@plotcast/protocol";
import { type SampleBlock, samplesOf } from "../log/sample-block.ts";
import type { Intake } from "./intake.ts";
import { everyTime, type TimeRange } from "./time-range.ts";

/** An intake that remembers everything, and is as slow, as full or as broken as a test wants. */
export class FakeIntake implements Intake {
  readonly appends: (readonly Sample[])[] = [];
  /** Awaited by each append before it resolves. */
  wait: () => Promise<unknown> = async () => {};
  underWay = 0;
  mostUnderWay = 0;
  range: TimeRange = everyTime;
  readonly #series = new Set<string>();

  get samples(): Sample[] {
    return this.appends.flat();
  }

  get rows(): string[] {
    return this.samples.map(({ series, value }) => `${series}=${value}`);
  }

  async append(block: SampleBlock): Promise<void> {
    const samples = samplesOf(block);
    this.underWay += samples.length;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
    await this.wait();
    this.underWay -= samples.length;
    this.appends.push(samples);
    for (const series of block.names) this.#series.add(series);
  }

  findSeries(series: string): string | undefined {
    return this.#series.has(series) ? series : undefined;
  }

  seriesCount(): number {
    return this.#series.size;
  }

  timeRange(): TimeRange {
    return this.range;
  }
}
