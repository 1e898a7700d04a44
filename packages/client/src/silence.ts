const heartbeats = 2.5;
const shortestHeartbeatMs = 1000;
const pausesToKnow = 10;
const timeToKnowMs = 60_000;
const pauseFactor = 10;
const shortestLimitMs = 30_000;
const maxDoublings = 6;

/**
 * How long a connection may say nothing before it is taken for dead.
 *
 * A Plotcast server promises a heartbeat; two and a half of them missing is dead. A plain endpoint
 * promises nothing and may be quiet for hours, so it has no limit until it has shown a rhythm: ten
 * pauses in at least a minute. Then it is ten times the longest pause so far, at least 30 s; and
 * since it may have been quiet for good reason, each cut doubles that, up to 64 times. A wrong guess
 * costs fewer and fewer reconnects.
 */
export class Silence {
  #heartbeatMs: number | undefined;
  #pauses = 0;
  #heardMs = 0;
  #longestMs = 0;
  #cuts = 0;

  limitMs(): number | undefined {
    if (this.#heartbeatMs !== undefined) return heartbeats * this.#heartbeatMs;
    if (this.#pauses < pausesToKnow || this.#heardMs < timeToKnowMs) return undefined;
    return Math.max(shortestLimitMs, pauseFactor * this.#longestMs) * 2 ** this.#cuts;
  }

  /** The server has said how often it speaks. */
  promised(heartbeatMs: number): void {
    this.#heartbeatMs = Math.max(shortestHeartbeatMs, heartbeatMs);
  }

  /** This connection comes from an endpoint that promises nothing. */
  unpromised(): void {
    this.#heartbeatMs = undefined;
  }

  /** Something came, after this long. */
  ended(afterMs: number): void {
    this.#pauses++;
    this.#heardMs += afterMs;
    this.#longestMs = Math.max(this.#longestMs, afterMs);
  }

  /** A connection was given up for its silence. */
  cut(): void {
    this.#cuts = Math.min(this.#cuts + 1, maxDoublings);
  }
}
