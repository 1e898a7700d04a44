import { type Frame, FrameReader, PlotcastError, type SeriesEntry } from "@plotcast/protocol";

/** What a frame must have for us to use it. `FrameReader` has checked the columns. */
const fields: { readonly [T in Frame["type"]]: Readonly<Record<string, "string" | "number">> } = {
  hello: {
    version: "number",
    epoch: "string",
    position: "string",
    recovery: "string",
    serverTime: "number",
    heartbeatMs: "number",
  },
  history: { from: "number", to: "number", bucketMs: "number" },
  samples: { prev: "string" },
  reduced: { after: "string", from: "number", to: "number", reason: "string" },
  gap: { from: "string", to: "string", reason: "string" },
  bye: { reason: "string", retryMs: "number" },
};

/** Reads a frame. Undefined for an event we do not know; throws `bad-input` for a broken frame. */
export function readFrame(
  reader: FrameReader,
  event: string,
  data: string,
  id?: string,
): Frame | undefined {
  const frame = reader.read(event, data, id);
  if (frame === undefined) return undefined;
  for (const [name, type] of Object.entries(fields[frame.type])) {
    const found: unknown = frame[name as never];
    if (typeof found !== type) throw broken(`expected a ${type} for "${name}" of ${event}`);
  }
  if ("series" in frame) checkEntries(frame.series);
  return frame;
}

/** Whether the first event of a response says that the protocol follows. */
export function opensProtocol(event: string, data: string): boolean {
  if (event !== "hello" && event !== "bye") return false;
  try {
    return readFrame(new FrameReader(), event, data) !== undefined;
  } catch {
    return false;
  }
}

function checkEntries(entries: unknown): void {
  const fits =
    Array.isArray(entries) &&
    entries.every(
      (entry: Partial<SeriesEntry> | null) =>
        typeof entry?.id === "number" && typeof entry.series === "string",
    );
  if (!fits) throw broken("expected series with an id and a name");
}

function broken(what: string): PlotcastError {
  return new PlotcastError("bad-input", `cannot read a frame: ${what}`);
}
