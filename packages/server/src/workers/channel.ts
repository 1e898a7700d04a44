/** One end of a line between two processes. What is sent arrives as a copy, and in order. */
export interface Channel {
  /** Nothing once the line is closed. */
  send(message: object): void;
  /** What was sent and still lies here, because the other end does not read. */
  readonly unsentBytes: number;
  /** To be called once. `onClose`: the other process has ended, or has closed the line. */
  open(onMessage: (message: object) => void, onClose: () => void): void;
}

/** The part of a child process, and of `process` in the child, that carries messages. */
export type ProcessEnd = {
  send?(
    message: object,
    handle: undefined,
    options: object,
    sent: (error: Error | null) => void,
  ): boolean;
  on(event: "message", listener: (message: object) => void): unknown;
  once(event: "disconnect", listener: () => void): unknown;
};

/** The line that Node opens to a process it forks, which is to be forked with `advanced` serialization. */
export function processChannel(end: ProcessEnd): Channel {
  let unsent = 0;
  return {
    send: (message) => {
      const bytes = weigh(message);
      unsent += bytes;
      // Told of every end of it: written, or lost with the line.
      end.send?.(message, undefined, {}, () => {
        unsent -= bytes;
      });
    },
    get unsentBytes() {
      return unsent;
    },
    open: (onMessage, onClose) => {
      end.on("message", onMessage);
      end.once("disconnect", onClose);
    },
  };
}

/** Bytes that a message takes on its way, roughly. */
export function weigh(value: unknown): number {
  if (typeof value === "string") return 8 + value.length;
  if (typeof value !== "object" || value === null) return 8;
  if (ArrayBuffer.isView(value)) return 16 + value.byteLength;
  let bytes = 16;
  for (const part of Object.values(value)) bytes += weigh(part);
  return bytes;
}
