/** What draws a line, from left to right. */
export type Pen = {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
};

/** The part of a picture that is drawn; what is outside of it need not be cut into dashes. */
type Bounds = {
  /** The column that is x = 0. */
  readonly origin: number;
  readonly width: number;
  readonly height: number;
  readonly margin: number;
};

/**
 * Cuts lines into dashes that stay where they are while the window slides.
 *
 * Counted from the beginning of the line, as a canvas does, all dashes would jump whenever a point
 * leaves the view. Here, at each point the pattern is where it would be on a level line since the
 * epoch, and between two points it is stretched a little to fit. That needs no memory of what is out
 * of sight.
 */
export class DashPen implements Pen {
  readonly #pen: Pen;
  readonly #dash: readonly number[];
  readonly #period: number;
  readonly #half: number;
  readonly #bounds: Bounds;
  #x = 0;
  #y = 0;

  /**
   * `dash`: lengths of strokes and spaces, an even number of them. `width`: of the line, whose round
   * ends are part of a stroke.
   */
  constructor(pen: Pen, dash: readonly number[], width: number, bounds: Bounds) {
    this.#pen = pen;
    this.#dash = dash;
    this.#period = dash.reduce((sum, length) => sum + length, 0);
    this.#half = width / 2;
    this.#bounds = bounds;
  }

  moveTo(x: number, y: number): void {
    this.#x = x;
    this.#y = y;
  }

  lineTo(x: number, y: number): void {
    const dx = x - this.#x;
    const dy = y - this.#y;
    const { width, height, margin, origin } = this.#bounds;
    const [left, right] = between(this.#x, dx, -margin, width + margin);
    const [top, bottom] = between(this.#y, dy, -margin, height + margin);
    const from = Math.max(0, left, top);
    const to = Math.min(1, right, bottom);
    if (from < to) {
      const length = Math.hypot(dx, dy);
      const periods = Math.round((length - dx) / this.#period);
      // Short and steep, as where samples are dense: with the pattern of a level line, all that is in
      // a column could be hidden. There each piece has dashes of its own.
      const steep = periods === 0 && length > 2 * dx;
      const begin = origin + this.#x + (steep ? this.#y : 0);
      this.#cut(dx, dy, begin, steep ? length : dx + periods * this.#period, from, to);
    }
    this.#x = x;
    this.#y = y;
  }

  /**
   * The strokes between two fractions of a line that begins at a place in the pattern, and is
   * `advance` long by it.
   */
  #cut(dx: number, dy: number, begin: number, advance: number, from: number, to: number): void {
    const period = this.#period;
    const end = this.#half / Math.hypot(dx, dy);
    const first = -mod(begin, period);
    let at = first + Math.floor((advance * from - first) / period) * period;
    while (at <= advance * to) {
      for (let i = 0; i < this.#dash.length; i += 2) {
        const stroke = this.#dash[i]!;
        // Its round ends, unless it goes on beyond the ends of the line.
        let a = at / advance + (at < 0 ? 0 : end);
        let b = (at + stroke) / advance - (at + stroke > advance ? 0 : end);
        if (a > b && at >= 0 && at + stroke <= advance) a = b = (a + b) / 2; // a dot
        a = Math.max(from, a);
        b = Math.min(to, b);
        if (a <= b) {
          this.#pen.moveTo(this.#x + dx * a, this.#y + dy * a);
          this.#pen.lineTo(this.#x + dx * b, this.#y + dy * b);
        }
        at += stroke + this.#dash[i + 1]!;
      }
    }
  }
}

/** The fractions of a way, `length` long from `at`, between which it is from `min` to `max`. */
function between(at: number, length: number, min: number, max: number): [number, number] {
  const first = (min - at) / length;
  const last = (max - at) / length;
  if (length !== 0) return first < last ? [first, last] : [last, first];
  return at >= min && at <= max ? [0, 1] : [1, 0];
}

function mod(value: number, by: number): number {
  return ((value % by) + by) % by;
}
