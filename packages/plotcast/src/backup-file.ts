/** What the history is called in a data folder, and what it may leave beside it. */
export const historyFiles = ["history.db", "history.db-wal"] as const;

// As every SQLite database begins.
const magic = "SQLite format 3\0";

/** How much of a file says what it is. */
export const headBytes = 100;

/** Whether a file begins as our backups do, which are SQLite databases. */
export function isBackup(head: Uint8Array): boolean {
  return (
    head.length >= headBytes && Buffer.from(head).toString("latin1", 0, magic.length) === magic
  );
}

/**
 * How long the file must be by its own account, so that one that was cut off is not taken for a
 * whole. See "The Database Header" of SQLite's file format.
 */
export function statedBytes(head: Uint8Array): number {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const pageBytes = view.getUint16(16);
  return (pageBytes === 1 ? 65_536 : pageBytes) * view.getUint32(28);
}
