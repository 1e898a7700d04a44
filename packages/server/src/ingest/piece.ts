/**
 * A piece of a text, and the same as UTF-16 codes with a 0 behind the last.
 *
 * To look at a code takes a fraction of what `charCodeAt` does, and there are six for each number. The
 * codes are good only until the next piece is made of the same `Codes`.
 */
export type Piece = { readonly text: string; readonly codes: Uint16Array };

// Pieces of a body are shorter; a longer text is one that somebody has at once.
const maxKept = 64 * 1024;

/** Room for the codes of one piece at a time. */
export class Codes {
  #bytes = Buffer.alloc(0);
  #codes = new Uint16Array();

  pieceOf(text: string): Piece {
    const needed = 2 * text.length + 2;
    if (needed > this.#bytes.length || this.#codes.length > maxKept) this.#resize(needed);
    this.#bytes.write(text, "utf16le");
    this.#codes[text.length] = 0;
    return { text, codes: this.#codes };
  }

  #resize(needed: number): void {
    // Twice the room, so that lines which grow do not need more each time.
    const buffer = new ArrayBuffer(2 * needed);
    this.#bytes = Buffer.from(buffer);
    this.#codes = new Uint16Array(buffer);
  }
}
