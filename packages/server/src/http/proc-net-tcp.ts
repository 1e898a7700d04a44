import { isIP } from "node:net";
import { endianness } from "node:os";

/*
 * A line of /proc/net/tcp, and of /proc/net/tcp6 with 32 digits instead of 8:
 *
 *     sl  local_address rem_address   st tx_queue rx_queue …
 *      7: 0100007F:1F90 0100007F:D431 01 0000A000:00000000 …
 *
 * All digits are hexadecimal. An address is printed as the machine's own 32-bit numbers. tx_queue counts
 * the bytes that the other side has not acknowledged, sent or not.
 */

/** The other end of a connection: a number for IPv4, also within IPv6, else the text of the table. */
export type PeerKey = number | string;

const colon = 0x3a;
const newline = 0x0a;
/** `0000000000000000FFFF0000`: what comes before an IPv4 address within IPv6. */
const mappedPrefix = hexWords([0, 0, 0xffff]);

/** Under which key the table has a peer; undefined if the text is no address. */
export function peerKey(address: string, port: number): PeerKey | undefined {
  // Behind a proxy, and on one machine, all have the same.
  if (address !== last.address) last = { address, key: addressKey(address) };
  const { key } = last;
  if (typeof key !== "string") return key === undefined ? undefined : key * 2 ** 16 + port;
  return `${key}:${port.toString(16).toUpperCase().padStart(4, "0")}`;
}

type AddressKey = PeerKey | undefined;
let last: { readonly address: string; readonly key: AddressKey } = { address: "", key: undefined };

function addressKey(address: string): AddressKey {
  const text = address.replace(/%.*$/, "");
  if (isIP(text) === 0) return undefined;
  const v4 = /^(?:::ffff:)?(\d+)\.(\d+)\.(\d+)\.(\d+)$/i.exec(text);
  if (v4) {
    const [a = 0, b = 0, c = 0, d = 0] = v4.slice(1).map(Number);
    return ownOrder(a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d);
  }
  const words = parseWords(text);
  return words && hexWords(words);
}

/**
 * Calls `visit` for each row of a local port in the first `length` bytes. Returns how many bytes were
 * whole lines: what follows them is the beginning of another.
 */
export function eachSocket(
  bytes: Buffer,
  length: number,
  port: number,
  visit: (peer: PeerKey, queued: number) => void,
): number {
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(newline, start);
    if (end < 0 || end >= length) return start;
    const mark = bytes.indexOf(colon, start);
    if (mark >= 0 && mark < end) readRow(bytes, mark + 2, end, port, visit);
    start = end + 1;
  }
}

function readRow(
  bytes: Buffer,
  local: number,
  end: number,
  port: number,
  visit: (peer: PeerKey, queued: number) => void,
): void {
  const width = bytes[local + 8] === colon ? 8 : 32;
  const remote = local + width + 6;
  const queue = remote + width + 9;
  // The first line has words instead of numbers.
  if (queue + 8 > end || hex(bytes, local + width + 1, 4) !== port) return;
  const queued = hex(bytes, queue, 8);
  const remotePort = hex(bytes, remote + width + 1, 4);
  if (width === 8 || isMapped(bytes, remote)) {
    visit(hex(bytes, remote + width - 8, 8) * 2 ** 16 + remotePort, queued);
  } else {
    visit(bytes.toString("latin1", remote, remote + width + 5), queued);
  }
}

function hex(bytes: Buffer, from: number, digits: number): number {
  let value = 0;
  for (let i = from; i < from + digits; i++) {
    const code = bytes[i]!;
    value = value * 16 + (code <= 0x39 ? code - 0x30 : code - 0x37);
  }
  return value;
}

function isMapped(bytes: Buffer, remote: number): boolean {
  for (let i = 0; i < mappedPrefix.length; i++) {
    if (bytes[remote + i] !== mappedPrefix.charCodeAt(i)) return false;
  }
  return true;
}

/** A number of the network, most significant byte first, as this machine reads it. */
function ownOrder(word: number): number {
  if (endianness() === "BE") return word;
  const [a, b, c, d] = [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255];
  return d * 2 ** 24 + c * 2 ** 16 + b * 2 ** 8 + a;
}

function hexWords(words: readonly number[]): string {
  const text = (word: number) => ownOrder(word).toString(16).toUpperCase().padStart(8, "0");
  return words.map(text).join("");
}

/** The four 32-bit numbers of an IPv6 address; undefined if part of it is written as IPv4. */
function parseWords(text: string): number[] | undefined {
  const [head = "", tail] = text.split("::");
  const groups = (part: string) => (part === "" ? [] : part.split(":"));
  const [first, last] = [groups(head), groups(tail ?? "")];
  const zeros = Math.max(0, 8 - first.length - last.length);
  const all = tail === undefined ? first : [...first, ...Array<string>(zeros).fill("0"), ...last];
  if (all.length !== 8 || !all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const numbers = all.map((group) => Number.parseInt(group, 16));
  return [0, 2, 4, 6].map((i) => numbers[i]! * 2 ** 16 + numbers[i + 1]!);
}
