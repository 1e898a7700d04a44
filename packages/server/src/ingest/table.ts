import { parseIsoTime } from "@plotcast/protocol";
import type { Sink } from "./collector.ts";
import { Fields } from "./fields.ts";
import type { LineFormat } from "./line-format.ts";
import { isUnit, parseNumber, parseQuantity } from "./number.ts";
import type { Piece } from "./piece.ts";
import { found } from "./rejection.ts";
import { Rows } from "./rows.ts";

/** A line without numbers: names, if the next line has as many numbers. */
type Words = { readonly line: number; readonly text: string; readonly fields: readonly string[] };

/**
 * Numbers with blanks between them, and tables made of them, like those of `vmstat`:
 *
 *   procs -----------memory----------      decoration: words above words
 *    r  b   swpd   free   buff  cache      names: as many words as the next line has numbers
 *    1  0      0 243016   1024 282788
 */
export class Table implements LineFormat {
  readonly #fields = new Fields();
  #rows: Rows | undefined;
  #names: readonly string[] = [];
  #words: Words | undefined;
  #above: Words | undefined;

  line(piece: Piece, from: number, to: number, line: number, sink: Sink): void {
    const text = piece.text.slice(from, to).trim();
    const alone = this.#rows || this.#words ? undefined : parseNumber(text);
    if (alone !== undefined) {
      sink.addUnnamed(0, alone, undefined);
      return;
    }
    const fields = splitBlanks(text);
    const taken = fields.some(isFilled)
      ? this.takeRow(fields, sink)
      : this.takeWords({ line, text, fields }, sink);
    if (taken) return;
    if (this.#rows) this.#add(this.#rows, fields, sink);
    else sink.reject(`expected numbers or name=value, found ${found(text)}`);
  }

  end(sink: Sink): void {
    this.#drop(sink);
  }

  /** Returns false, having said nothing of them, for fields that are no row of a table. */
  takeRow(fields: readonly string[], sink: Sink): boolean {
    const numbers = fields.filter(isFilled).length;
    // A gap in a row is no reason to read it otherwise, but a sentence with a number in it is no row.
    const isRow = numbers === fields.length || (!sink.loose && numbers * 2 >= fields.length);
    if (isRow && this.#words?.fields.length === fields.length) this.#startRows(this.#words.fields);
    this.#drop(sink);
    if (this.#rows) {
      if (this.#rows.width !== fields.length || numbers * 2 < fields.length) return false;
      this.#add(this.#rows, fields, sink);
    } else {
      if (numbers < fields.length) return false;
      this.#add(Rows.unnamed(fields), fields, sink);
    }
    return true;
  }

  /** Remembers what may be names. Returns false for words that stand where a row should. */
  takeWords(words: Words, sink: Sink): boolean {
    const { fields } = words;
    // As many words as the words before: those are names, and this is their row, with gaps only.
    if (!sink.loose && this.#words?.fields.length === fields.length) {
      this.#startRows(this.#words.fields);
    }
    if (this.#rows?.width === fields.length) {
      // The names again, and the decoration above them.
      const repeated = fields.every((field, i) => field === this.#names[i]);
      if (repeated) this.#startRows(fields);
      return repeated;
    }
    if (this.#above) this.#dropOne(this.#above, sink);
    this.#above = this.#words;
    this.#words = words;
    return true;
  }

  #add(rows: Rows, fields: readonly string[], sink: Sink): void {
    this.#fields.set(fields);
    rows.add(this.#fields, sink);
  }

  #startRows(names: readonly string[]): void {
    this.#names = names;
    this.#rows = Rows.named(names);
    this.#words = undefined;
    this.#above = undefined;
  }

  /** Nothing comes any more that the words so far could be the names of. */
  #drop(sink: Sink): void {
    if (this.#above) this.#dropOne(this.#above, sink);
    if (this.#words) this.#dropOne(this.#words, sink);
    this.#above = undefined;
    this.#words = undefined;
  }

  #dropOne({ line, text }: Words, sink: Sink): void {
    if (sink.loose) sink.ignore();
    else sink.rejectEarlier(line, `expected a number, found ${found(text)}`);
  }
}

function isFilled(field: string): boolean {
  return parseQuantity(field) !== undefined || parseIsoTime(field) !== undefined;
}

const leadingTime = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d\S*)?(?=\s)/;

/** Fields between blanks. A date and its clock are one, and so are a number and its unit. */
export function splitBlanks(line: string): string[] {
  const text = line.trim();
  const [time] = leadingTime.exec(text) ?? [];
  const words = text
    .slice(time?.length ?? 0)
    .trim()
    .split(/\s+/);
  const fields = time === undefined ? [] : [time];
  for (const word of words) {
    const last = fields.at(-1);
    const isUnitOfLast = last !== undefined && isUnit(word) && parseNumber(last) !== undefined;
    if (isUnitOfLast) fields[fields.length - 1] = last + word;
    else fields.push(word);
  }
  return fields;
}
