import type { Pen } from "../renderers/trace.ts";

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** One element. Text among the children must have been escaped; attributes are here. */
export function tag(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes).map(([key, value]) => {
    if (value === undefined) return "";
    return ` ${key}="${typeof value === "number" ? short(value) : escapeText(value)}"`;
  });
  const open = `<${name}${written.join("")}`;
  return children.length === 0 ? `${open}/>` : `${open}>${children.join("")}</${name}>`;
}

/**
 * Text as XML has it. Names come from anywhere, and one control character or half of a surrogate pair
 * would make the whole file no XML.
 */
export function escapeText(text: string): string {
  const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return (
    text
      .replace(/[&<>"]/g, (sign) => names[sign]!)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML cannot have
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, "\ufffd")
  );
}

/** Hundredths of a pixel are finer than any screen or printer. */
export function short(pixels: number): string {
  return String(Math.round(pixels * 100) / 100);
}

/** Letters and figures are about this much of their size wide; there is nothing to measure with. */
const letter = 0.56;

export function widthOf(text: string, size: number): number {
  return text.length * size * letter;
}

/** As much of a text as there is room for. */
export function fit(text: string, width: number, size: number): string {
  const most = Math.floor(width / (size * letter));
  return text.length <= most ? text : `${text.slice(0, Math.max(0, most - 1))}…`;
}

/** Writes down the data of a `<path>`; `ratio` of its pixels are one of the file's. */
export class SvgPen implements Pen {
  readonly #ratio: number;
  readonly #parts: string[] = [];

  constructor(ratio: number) {
    this.#ratio = ratio;
  }

  get data(): string {
    return this.#parts.join("");
  }

  moveTo(x: number, y: number): void {
    this.#parts.push(`M${this.#place(x, y)}`);
  }

  lineTo(x: number, y: number): void {
    this.#parts.push(`L${this.#place(x, y)}`);
  }

  closePath(): void {
    this.#parts.push("Z");
  }

  /** Whole circles only, from where the pen is, which is at their right: so marks are drawn. */
  arc(_x: number, _y: number, radius: number): void {
    const r = short(radius / this.#ratio);
    const across = short((2 * radius) / this.#ratio);
    const half = (to: string) => `a${r} ${r} 0 1 0 ${to} 0`;
    this.#parts.push(`${half(`-${across}`)}${half(across)}Z`);
  }

  #place(x: number, y: number): string {
    return `${short(x / this.#ratio)} ${short(y / this.#ratio)}`;
  }
}
