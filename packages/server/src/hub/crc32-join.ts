// The polynomial of CRC-32 (RFC 1952), bits reversed as zlib has them: bit 31 is x^0.
const polynomial = 0xedb88320;
const one = 0x80000000;

/**
 * The CRC-32 of two stretches of bytes, one after the other, from the CRC of each and the length of
 * the second. So bytes that ten thousand viewers share are summed once, and not once for each.
 *
 * Appending n bytes multiplies what was before by x^(8n), modulo the polynomial.
 */
export function joinCrc32(first: number, second: number, secondLength: number): number {
  return (multiply(first, byteShift(secondLength)) ^ second) >>> 0;
}

/** The CRC-32 of the second of two stretches, from that of both together and that of the first. */
export function crc32After(both: number, first: number, secondLength: number): number {
  return joinCrc32(first, both, secondLength);
}

/** x^(8n) modulo the polynomial, in as many steps as n has bits. */
function byteShift(n: number): number {
  let shift = one;
  for (let k = 0; n > 0; k++) {
    if (n % 2 === 1) shift = multiply(shift, powers[k]!);
    n = Math.floor(n / 2);
  }
  return shift;
}

/** The product of two polynomials modulo the polynomial. */
function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = one; bit !== 0; bit >>>= 1) {
    if ((a & bit) !== 0) product ^= b;
    b = (b & 1) === 0 ? b >>> 1 : (b >>> 1) ^ polynomial;
  }
  return product >>> 0;
}

/** x^(8 · 2^k) for every k that a length below 2^53 can have. */
const powers = powersOf(0x00800000, 53);

function powersOf(first: number, count: number): number[] {
  const all = [first];
  while (all.length < count) all.push(multiply(all.at(-1)!, all.at(-1)!));
  return all;
}
