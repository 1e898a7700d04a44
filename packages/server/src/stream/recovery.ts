import { type Hello, type Position, parsePosition } from "@plotcast/protocol";

/** What the log can say about positions. */
type LogRange = { readonly epoch: string; readonly head: number; readonly oldest: number };

type Missed = NonNullable<Hello["missed"]>;

export type Verdict =
  | { readonly recovery: "fresh" }
  | { readonly recovery: "exact"; readonly position: Position }
  /** `offset`: a place in this log, of which the log has not everything after it. */
  | { readonly recovery: "reset"; readonly missed: Missed; readonly offset?: number };

/** Whether everything after the position a viewer came with can still be told, and if not, why. */
export function judge(text: string | undefined, { epoch, head, oldest }: LogRange): Verdict {
  // An empty Last-Event-ID is what a browser sends that has not seen an id yet.
  if (text === undefined || text === "") return { recovery: "fresh" };
  const reset = (reason: string) =>
    ({ recovery: "reset", missed: { after: short(text), reason } }) as const;
  const position = parsePosition(text);
  if (!position) return reset("it is not a position of this server");
  if (position.epoch !== epoch) return reset("it belongs to a log that is no more");
  // A part of a batch was seen only if that batch was there.
  if (position.offset + Math.sign(position.part) > head) return reset("it is ahead of the log");
  if (position.offset + 1 >= oldest) return { recovery: "exact", position };
  return { ...reset("it is older than the log"), offset: position.offset };
}

// It is sent back to whoever made it up, and logged.
function short(text: string): string {
  return text.length > 64 ? `${text.slice(0, 64)}…` : text;
}
