/** Red, green and blue, and how opaque: 0 to 255. */
export type Color = readonly [red: number, green: number, blue: number, alpha: number];

/** Columns that are painted at a time: a mask that small stays in the fastest memory. */
export const widest = 64;

/**
 * Paints lines into a picture, pixel by pixel.
 *
 * For a browser, a line that is wider than a pixel is a polygon with rounded corners, and one with a
 * thousand points takes it milliseconds; what becomes of a pixel depends on where the line is cut off
 * and on how far from zero it is. Here a pixel is as dark as the line is near. That is ten times
 * cheaper, looks the same, and depends on nothing but the stroke, so that any part of a picture can be
 * painted by itself.
 *
 * Paint goes on a mask, where the strokes of one line do not add up, then as ink on what is there.
 */
export class Raster {
  /** Columns that are painted. */
  width = 0;
  #mask = new Uint8Array();
  #pixels = new Uint32Array();
  #bytes = new Uint8ClampedArray();
  /** Pixels of a row of the picture, and where ours begin in it. */
  #stride = 0;
  #offset = 0;
  /** What is painted stays within: rows and columns. */
  #top = 0;
  #bottom = 0;
  #left = 0;
  #right = 0;
  /** The rows that have paint. */
  #from = 0;
  #to = 0;

  /** Begins to paint anew the columns of `image` from `column` on, at most `widest` of them. */
  begin(image: ImageData, column: number, width: number): void {
    const { data, height } = image;
    this.width = width;
    this.#bytes = data;
    this.#pixels = new Uint32Array(data.buffer);
    this.#stride = image.width;
    this.#offset = column;
    if (this.#mask.length < widest * height) this.#mask = new Uint8Array(widest * height);
    const pixels = this.#pixels;
    for (let row = 0; row < height; row++) {
      const from = row * image.width + column;
      // Mostly a few: too few for `fill`.
      for (let at = from; at < from + width; at++) pixels[at] = 0;
    }
  }

  /** From here on, nothing is painted outside of this. */
  clip(left: number, top: number, right: number, bottom: number): void {
    this.#left = Math.max(0, left);
    this.#right = Math.min(this.width, right);
    this.#top = Math.max(0, top);
    this.#bottom = Math.min(this.#pixels.length / this.#stride, bottom);
    this.#from = this.#bottom;
    this.#to = this.#top;
  }

  /** A stroke with round ends, half as wide as `half`; from left to right, or straight up or down. */
  stroke(x0: number, y0: number, x1: number, y1: number, half: number): void {
    const mask = this.#mask;
    const dx = x1 - x0;
    const dy = y1 - y0;
    const square = dx * dx + dy * dy;
    const length = Math.sqrt(square);
    const radius = half + 0.5;
    const slope = dx > 0 ? dy / dx : 0;
    // Up and down from its middle, in a column; nothing but its ends limits one that is upright.
    const reach = dx > 0 ? (radius * length) / dx : Number.POSITIVE_INFINITY;
    const top = Math.max(this.#top, Math.floor(Math.min(y0, y1) - radius));
    const bottom = Math.min(this.#bottom, Math.ceil(Math.max(y0, y1) + radius));
    const right = Math.min(this.#right, Math.ceil(x1 + radius));
    for (let column = Math.max(this.#left, Math.floor(x0 - radius)); column < right; column++) {
      const px = column + 0.5 - x0;
      const middle = y0 + px * slope;
      const from = Math.max(top, Math.floor(middle - reach));
      const to = Math.min(bottom, Math.ceil(middle + reach));
      for (let row = from, i = from * widest + column; row < to; row++, i += widest) {
        const there = mask[i]!;
        if (there === 255) continue;
        const py = row + 0.5 - y0;
        const along = px * dx + py * dy;
        let distance: number;
        if (along <= 0) distance = Math.sqrt(px * px + py * py);
        else if (along < square) distance = Math.abs(px * dy - py * dx) / length;
        else distance = Math.sqrt((px - dx) * (px - dx) + (py - dy) * (py - dy));
        const paint = Math.min(255, (radius - distance) * 255 + 0.5);
        if (paint > there) mask[i] = paint;
      }
    }
    this.#from = Math.min(this.#from, top);
    this.#to = Math.max(this.#to, bottom);
  }

  /** A piece of a column between two heights. */
  column(column: number, y0: number, y1: number): void {
    if (column < this.#left || column >= this.#right) return;
    const top = Math.max(this.#top, Math.min(y0, y1));
    const bottom = Math.min(this.#bottom, Math.max(y0, y1));
    const from = Math.floor(top);
    for (let row = from; row < bottom; row++) {
      const i = row * widest + column;
      const paint = (Math.min(row + 1, bottom) - Math.max(row, top)) * 255 + 0.5;
      if (paint > this.#mask[i]!) this.#mask[i] = paint;
    }
    this.#from = Math.min(this.#from, from);
    this.#to = Math.max(this.#to, Math.ceil(bottom));
  }

  /** All of a row. */
  row(row: number): void {
    for (let column = this.#left; column < this.#right; column++) this.column(column, row, row + 1);
  }

  /** Puts ink where paint is, `share` of it, and takes the paint away. */
  ink(color: Color, share = 1): void {
    const mask = this.#mask;
    const strength = (color[3] / 255) * share;
    for (let row = this.#from; row < this.#to; row++) {
      const at = row * this.#stride + this.#offset;
      for (let column = this.#left; column < this.#right; column++) {
        const i = row * widest + column;
        const paint = mask[i]!;
        if (paint === 0) continue;
        mask[i] = 0;
        this.#blend(at + column, color, paint * strength);
      }
    }
    this.#from = this.#bottom;
    this.#to = this.#top;
  }

  #blend(at: number, [red, green, blue]: Color, over: number): void {
    const pixels = this.#pixels;
    if (pixels[at] === 0 || over === 255) {
      // All browsers run where the lowest byte is the first.
      pixels[at] = red | (green << 8) | (blue << 16) | (Math.round(over) << 24);
      return;
    }
    const bytes = this.#bytes;
    const i = 4 * at;
    const under = bytes[i + 3]! * (1 - over / 255);
    const part = over / (over + under);
    bytes[i] = red * part + bytes[i]! * (1 - part);
    bytes[i + 1] = green * part + bytes[i + 1]! * (1 - part);
    bytes[i + 2] = blue * part + bytes[i + 2]! * (1 - part);
    bytes[i + 3] = over + under;
  }
}
