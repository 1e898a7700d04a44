import {
  constants,
  createGunzip,
  createZstdDecompress,
  type Gunzip,
  type ZstdDecompress,
} from "node:zlib";
import { PlotcastError } from "@plotcast/protocol";

type Encoding = {
  readonly magic: readonly number[];
  readonly create: () => Gunzip | ZstdDecompress;
};

const encodings: Readonly<Record<string, Encoding>> = {
  gzip: { magic: [0x1f, 0x8b], create: () => createGunzip() },
  zstd: {
    magic: [0x28, 0xb5, 0x2f, 0xfd],
    // A sender chooses how much we must remember to decompress; this is what `zstd -19` asks for.
    create: () => createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: 23 } }),
  },
};

/**
 * Yields the bytes of a text that may be compressed with gzip or zstd, as its first bytes tell.
 *
 * Fails with `bad-input` if what is declared (`Content-Encoding`) is not what is found, and after
 * the last byte that could be had if the data is cut short or damaged.
 */
export async function* decompress(
  source: AsyncIterable<Uint8Array>,
  declared = "",
): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    const { head, name } = await sniff(iterator);
    const claim = declared
      .trim()
      .toLowerCase()
      .replace(/^x-|^identity$/, "");
    if (claim !== "" && name !== claim && head.length > 0) throw mismatch(claim);
    const rest = prepend(head, iterator);
    if (name === undefined) yield* rest;
    else yield* inflate(rest, name);
  } finally {
    await iterator.return?.();
  }
}

function mismatch(claim: string): PlotcastError {
  const expected = Object.hasOwn(encodings, claim)
    ? `${claim} data`
    : "Content-Encoding gzip, zstd or none";
  const found = Object.hasOwn(encodings, claim)
    ? "something else"
    : JSON.stringify(claim.slice(0, 40));
  return new PlotcastError("bad-input", `expected ${expected}, found ${found}`);
}

/** Reads no more than it needs to know: the next bytes of a slow sender may be an hour away. */
async function sniff(iterator: AsyncIterator<Uint8Array>) {
  let head: Uint8Array = new Uint8Array();
  for (;;) {
    const possible = Object.entries(encodings).filter(([, { magic }]) =>
      magic.every((byte, i) => i >= head.length || head[i] === byte),
    );
    const [first] = possible;
    if (first === undefined) return { head, name: undefined };
    if (head.length >= first[1].magic.length) return { head, name: first[0] };
    const { done, value } = await iterator.next();
    if (done) return { head, name: undefined };
    head = head.length === 0 ? value : Buffer.concat([head, value]);
  }
}

async function* prepend(head: Uint8Array, iterator: AsyncIterator<Uint8Array>) {
  if (head.length > 0) yield head;
  for (;;) {
    const { done, value } = await iterator.next();
    if (done) return;
    yield value;
  }
}

// What was decompressed from the piece that turns out to be damaged is lost, so pieces are small.
const pieceLength = 1024;

async function* cut(source: AsyncIterable<Uint8Array>) {
  for await (const chunk of source) {
    for (let from = 0; from < chunk.length; from += pieceLength) {
      yield chunk.subarray(from, from + pieceLength);
    }
  }
}

/** Files that were compressed one by one and joined are one text, for gzip and zstd alike. */
async function* inflate(source: AsyncIterable<Uint8Array>, name: string) {
  const pieces = cut(source);
  let left: Uint8Array = new Uint8Array();
  do {
    left = yield* inflateFrame(left, pieces, name);
  } while (left.length > 0);
}

type Fed = { readonly left: Uint8Array } | { readonly error: unknown };

/** Yields what the first frame holds; returns what was read of the source beyond its end. */
async function* inflateFrame(head: Uint8Array, pieces: AsyncIterator<Uint8Array>, name: string) {
  const decoder = encodings[name]!.create();
  let wake = () => {};
  for (const event of ["readable", "end", "close", "error"]) decoder.on(event, () => wake());
  const feeding = feed(decoder, head, pieces).catch((error: unknown): Fed => {
    decoder.destroy();
    return { error };
  });
  try {
    for (;;) {
      const changed = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const chunk: Uint8Array | null = decoder.read();
      if (chunk !== null) yield chunk;
      else if (decoder.readableEnded || decoder.destroyed) break;
      else await changed;
    }
    if (decoder.errored) throw explain(decoder.errored, name);
    const fed = await feeding;
    if ("error" in fed) throw fed.error;
    return fed.left;
  } finally {
    decoder.destroy();
  }
}

async function feed(
  decoder: Gunzip | ZstdDecompress,
  head: Uint8Array,
  pieces: AsyncIterator<Uint8Array>,
): Promise<Fed> {
  let fed = 0;
  for (let piece = head; ; ) {
    // One after the other: the decoder is done with a piece when all it made of it has been read.
    if (piece.length > 0) await settled((done) => decoder.write(piece, done));
    fed += piece.length;
    const over = fed - decoder.bytesWritten;
    if (over > 0) return { left: piece.subarray(piece.length - over) };
    const next = await pieces.next();
    if (next.done) break;
    piece = next.value;
  }
  await settled((done) => decoder.end(done));
  return { left: new Uint8Array() };
}

function settled(start: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => (error ? reject(error) : resolve()));
  });
}

function explain(error: NodeJS.ErrnoException, name: string): unknown {
  const isCut = error.code === "Z_BUF_ERROR";
  const message = isCut
    ? `expected the rest of the ${name} data, found its end`
    : `expected ${name} data, found it damaged`;
  return new PlotcastError("bad-input", message, { cause: error });
}
