/**
 * Where pictures are put together before they are shown: one for all charts of a page, since they are
 * drawn one after the other.
 */
export class Easel {
  readonly #canvas = new OffscreenCanvas(1, 1);
  /** Not in the memory of a GPU, with which it could be lost. */
  readonly context = this.#canvas.getContext("2d", { willReadFrequently: true })!;

  #font = "";
  /** The same, as the context spells it. */
  #spelled = "";

  /** A blank sheet, in device pixels, and what is written on it. */
  begin(width: number, height: number, font: string): void {
    const canvas = this.#canvas;
    // What was taken away has left a blank one of its size.
    const isOfSize = canvas.width === width && canvas.height === height;
    if (!isOfSize) {
      canvas.width = width;
      canvas.height = height;
    }
    // With its size, a canvas forgets its font; in some browsers also with what was taken away.
    const { context } = this;
    if (font === this.#font && context.font === this.#spelled) return;
    this.#font = context.font = font;
    this.#spelled = context.font;
  }

  /** What is on it now, which is not on it any more. */
  finish(): ImageBitmap {
    return this.#canvas.transferToImageBitmap();
  }
}

let easel: Easel | undefined;

/** The one easel of this page; made when it is first needed, as there is no page on a server. */
export function pageEasel(): Easel {
  easel ??= new Easel();
  return easel;
}
