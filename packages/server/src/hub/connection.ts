/**
 * One viewer's way out: the body of its HTTP response, whatever carries it. Whoever holds the socket
 * implements it; tests record it. There are ten thousand of them, so it keeps little.
 */
export interface Connection {
  /** Whether the viewer takes gzip; the response's headers have said so then. */
  readonly gzip: boolean;
  /** Over, whoever closed it. */
  readonly closed: boolean;
  /**
   * Enough is unsent, here or (where that can be known) in the kernel: wait for `drained` before the
   * next write, or the viewer's backlog grows.
   */
  readonly full: boolean;
  /** Who serves the viewer at the moment. */
  listener: ConnectionListener | undefined;
  /** Hands bytes over, whether full or not. Nothing once closed. The bytes must never change after. */
  write(bytes: Uint8Array): void;
  /** What is written in between leaves as one piece, which costs as much as one write. */
  cork(): void;
  uncork(): void;
  /** Closes once all that was written has left, or its time for that is over. */
  end(): void;
  /** Closes at once. */
  destroy(): void;
}

export interface ConnectionListener {
  /** Was full, and can take more. */
  drained(): void;
  /** Told once, not from within a call to the connection. */
  closed(): void;
}
