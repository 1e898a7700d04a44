/**
 * Gives the memory of a large buffer back now. Nobody may use it, or a view of it, any more.
 *
 * The collector does not see how much lies outside of its heap until 64 MB of dead buffers have
 * gathered, in each thread: with batches of 400 kB that is most of what the process would occupy.
 */
export function freeBuffer(buffer: ArrayBufferLike): void {
  // What is smaller may be a piece of Node's pool, which others use; and it hardly matters.
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength <= Buffer.poolSize) return;
  try {
    buffer.transfer(0);
  } catch {
    // Newer versions of Node keep some of theirs to themselves; the collector will have to do.
  }
}
