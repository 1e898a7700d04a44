import { statfs } from "node:fs/promises";
import { PlotcastError } from "@plotcast/protocol";

/** What is asked of a disk: sizes in blocks of `bsize` bytes, as `statfs` has them. */
type Disk = { readonly bsize: number; readonly blocks: number; readonly bavail: number };

export type DiskSpaceOptions = {
  readonly statfs?: (dir: string) => Promise<Disk>;
  /** Calls back once after so many milliseconds, and does not keep the process for that. */
  readonly later?: (call: () => void, ms: number) => void;
};

// The free space of the whole disk costs a system call; a second of samples is some megabytes.
const lookEveryMs = 1_000;
/** What is kept free, for the store to finish what it has begun and for the others on the machine. */
const maxReserve = 64e6;
const reserveShare = 0.01;
/** So much more must be free again, or a disk at the edge would refuse every second append. */
const reopenFactor = 1.25;

/**
 * Meets a full disk early: refuses appends while there is still room for everything else.
 *
 * Looks at the disk while appends come, and goes on looking while it refuses them, so that the first
 * append after space has come back is taken. Where nothing can be learnt of the disk it refuses
 * nothing: a disk that is really full is told by the log.
 */
export class DiskSpace {
  readonly #dir: string;
  readonly #signal: AbortSignal;
  readonly #statfs: (dir: string) => Promise<Disk>;
  readonly #later: (call: () => void, ms: number) => void;
  #looking = false;
  #asked = false;
  #mostFree = 0;
  #refusal: PlotcastError | undefined;

  private constructor(dir: string, signal: AbortSignal, options: DiskSpaceOptions) {
    this.#dir = dir;
    this.#signal = signal;
    this.#statfs = options.statfs ?? statfs;
    this.#later = options.later ?? ((call, ms) => void setTimeout(call, ms).unref());
  }

  /** Resolves when the disk of the folder, which must exist, has been looked at; looks until `signal`. */
  static async watch(
    dir: string,
    signal: AbortSignal,
    options: DiskSpaceOptions = {},
  ): Promise<DiskSpace> {
    const space = new DiskSpace(dir, signal, options);
    await space.#look();
    return space;
  }

  /** Why nothing can be appended now: `storage-full`; undefined if there is room. */
  refusal(): PlotcastError | undefined {
    this.#asked = true;
    if (!this.#looking) void this.#look();
    return this.#refusal;
  }

  async #look(): Promise<void> {
    this.#looking = true;
    this.#asked = false;
    try {
      const { bsize, blocks, bavail } = await this.#statfs(this.#dir);
      this.#judge(bavail * bsize, blocks * bsize);
    } catch {
      this.#refusal = undefined;
    }
    if (!this.#signal.aborted) this.#later(() => this.#lookAgain(), lookEveryMs);
  }

  #lookAgain(): void {
    this.#looking = false;
    if (this.#signal.aborted) return;
    if (this.#asked || this.#refusal) void this.#look();
  }

  #judge(free: number, size: number): void {
    this.#mostFree = Math.max(this.#mostFree, free);
    // A small disk, or one that is nearly full of other things, must be of use as well.
    const reserve = Math.min(maxReserve, size * reserveShare, this.#mostFree / 2);
    const wanted = reserve * reopenFactor;
    if (free >= (this.#refusal ? wanted : reserve)) {
      this.#refusal = undefined;
      return;
    }
    this.#refusal = new PlotcastError(
      "storage-full",
      `cannot append: only ${megabytes(free, Math.floor)} are free on the disk of ${JSON.stringify(this.#dir)}; free some space (at least ${megabytes(wanted, Math.ceil)})`,
    );
  }
}

function megabytes(bytes: number, round: (value: number) => number): string {
  const digits = bytes < 10e6 ? 10 : 1;
  return `${round((bytes / 1e6) * digits) / digits} MB`;
}
