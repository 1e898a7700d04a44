import { JsonShape } from "./json-shape.ts";
import type { Piece } from "./piece.ts";

/** Several programs may write one text, or one of them several kinds of lines. */
const maxShapes = 8;
// Objects that are all different must not be studied for nothing again and again.
const maxStudies = 2 * maxShapes;
const studyEvery = 64;

/** The shapes that objects on lines had so far. */
export class JsonShapes {
  readonly #shapes: JsonShape[] = [];
  #next = 0;
  #misses = 0;

  /** The shape of the object between two places of a piece, which has then been read by it. */
  read(piece: Piece, from: number, to: number): JsonShape | undefined {
    for (const shape of this.#shapes) {
      if (!shape.read(piece, from, to)) continue;
      this.#misses = 0;
      return shape;
    }
    this.#misses++;
    if (this.#misses > maxStudies && this.#misses % studyEvery !== 0) return undefined;
    const shape = JsonShape.of(piece.text, from, to);
    if (!shape?.read(piece, from, to)) return undefined;
    this.#shapes[this.#next++ % maxShapes] = shape;
    return shape;
  }
}
