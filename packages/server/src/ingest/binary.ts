/** A text that was decoded as UTF-8, and was none, has the one character or the other. */
export function isBinary(text: string): boolean {
  return text.includes("\0") || text.includes("\ufffd");
}
