import { isIP } from "node:net";

/**
 * Under which key an address is counted: an IPv6 address by its first 64 bits, for whoever has one has
 * all of those, and an IPv4 address as it is, also in IPv6 clothes. What is no address has one key.
 */
export function addressKey(address: string): string {
  const family = isIP(address);
  if (family === 4) return address;
  if (family === 0) return "";
  parseGroups(address);
  const [a, b, c, d, e, f, g, h] = groups as unknown as Eight;
  if ((a | b | c | d | e) === 0 && f === 0xffff) return `${g >> 8}.${g & 255}.${h >> 8}.${h & 255}`;
  return `${a.toString(16)}:${b.toString(16)}:${c.toString(16)}:${d.toString(16)}`;
}

type Eight = [number, number, number, number, number, number, number, number];

/** The numbers of the address that was parsed last: every stream that begins or ends has one parsed. */
const groups = new Uint16Array(8);

const [colon, dot, percent] = [58, 46, 37];

/** Reads a valid address, up to its zone. */
function parseGroups(text: string): void {
  let count = 0;
  /** How many groups stand before `::`. */
  let before = -1;
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    const char = at === text.length ? percent : text.charCodeAt(at);
    if (char === dot) {
      const end = text.indexOf("%", at);
      const bytes = text.slice(start, end < 0 ? undefined : end).split(".");
      groups[count++] = Number(bytes[0]) * 256 + Number(bytes[1]);
      groups[count++] = Number(bytes[2]) * 256 + Number(bytes[3]);
      break;
    }
    if (char !== colon && char !== percent) continue;
    if (at > start) groups[count++] = Number.parseInt(text.slice(start, at), 16);
    else before = count;
    if (char === percent) break;
    start = at + 1;
  }
  if (before < 0) return;
  groups.copyWithin(8 - (count - before), before, count);
  groups.fill(0, before, 8 - (count - before));
}
