import type { Connection, Form, Hub } from "../hub/hub.ts";
import type { Log } from "../log/log.ts";

export type DeliverParts = {
  readonly log: Log;
  readonly hub: Hub;
  /** Bytes that tell of batches which the log no longer has. */
  readonly gap: (from: number, to: number) => Uint8Array;
};

// Reading past batches of others may take long, and a viewer that hears nothing thinks itself cut off.
const heartbeatEvery = 1000;

/**
 * Sends everything after `after`, for as long as the viewer stays: from the log until the hub can
 * take over, and from the log again whenever the viewer has become too slow for the hub.
 */
export async function deliver(
  after: number,
  form: Form,
  connection: Connection,
  { log, hub, gap }: DeliverParts,
): Promise<void> {
  let served = after;
  let prev = after;
  while (!connection.closed.aborted) {
    const left = hub.join(form, served, connection);
    if (left) {
      served = await left;
      continue;
    }
    if (served + 1 < log.oldest) {
      await send(connection, gap(served, log.oldest - 1));
      served = log.oldest - 1;
    }
    for await (const batch of log.read(served, hub.head)) {
      if (connection.closed.aborted) return;
      // The log can be trimmed while it is read; the next turn tells of the hole.
      if (batch.offset !== served + 1) break;
      const encoded = form.encode([batch], prev);
      served = batch.offset;
      if (encoded) {
        prev = encoded.offset;
        await send(connection, encoded.bytes);
      } else if (served % heartbeatEvery === 0) {
        await send(connection, form.heartbeat(served));
      }
    }
  }
}

/** Writes, and waits while the viewer has enough to read. */
export async function send(connection: Connection, bytes: Uint8Array): Promise<void> {
  if (!connection.write(bytes)) await connection.drained();
}
