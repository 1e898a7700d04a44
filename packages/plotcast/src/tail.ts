import { type Change, type FollowOptions, follow, type Status } from "@plotcast/client";
import { type ErrorCode, PlotcastError, parseSelection } from "@plotcast/protocol";
import { type AskFlags, readAskFlags } from "./ask-server.ts";
import { printable, writeTo } from "./output.ts";
import { formatSampleJson } from "./sample-json.ts";
import { readDuration } from "./setting.ts";
import { createRows, formatRow } from "./tail-rows.ts";
import type { Terminal } from "./terminal.ts";

export type TailFlags = AskFlags & { readonly since?: string; readonly json?: boolean };

/** A terminal has no pixels to spare samples for, so history is asked for as fine as it gets. */
const px = 10_000;

/** `plotcast tail`: prints samples until the signal, or until nobody reads what it prints. */
export async function tail(
  selectors: readonly string[],
  flags: TailFlags,
  { stdout, stderr }: Pick<Terminal, "stdout" | "stderr">,
  signal: AbortSignal,
  followServer: (options: FollowOptions) => AsyncIterable<Change> = follow,
): Promise<void> {
  parseSelection(selectors);
  const sinceMs = readDuration("--since", flags.since);
  const { base, token } = readAskFlags(flags);
  const report = createReport(base, (text) => stderr.write(`plotcast: ${text}\n`));
  const rows = createRows(sinceMs === undefined);
  const format = flags.json ? formatSampleJson : formatRow;
  const changes = followServer({
    url: new URL("v1/stream", base),
    series: selectors,
    span: `${Math.ceil((sinceMs ?? 1000) / 1000)}s`,
    px,
    signal,
    ...(token === undefined ? {} : { token }),
  });
  for await (const change of changes) {
    report(change);
    const text = rows(change).map(format).join("");
    if (text !== "" && !(await writeTo(stdout, text))) return;
  }
}

/**
 * Says how the connection is. A server that cannot be reached at first is an error, for the address
 * is probably wrong; once it has been reached, it is waited for without end.
 */
function createReport(base: URL, tell: (text: string) => void): (change: Change) => void {
  let state: "new" | "live" | "lost" = "new";
  let following = false;
  const where = base.href;
  function take(status: Status): void {
    if (status.state === "live") {
      if (state === "lost") tell("connected again");
      state = "live";
    } else if (status.state === "waiting") {
      const reason = printable(status.reason);
      if (state === "new") throw cannot("closed", `reach ${where}: ${reason}; is it running?`);
      if (state === "live") tell(`connection lost: ${reason}; trying again`);
      state = "lost";
    } else if (status.state === "refused") {
      const code = refusals[status.code] ?? "not-found";
      const help = code === "unauthorized" ? "; here that is --read-token" : "";
      throw cannot(code, `follow ${where}: ${printable(status.reason)}${help}`);
    }
  }
  return (change) => {
    if (change.type === "status") take(change.status);
    // Not before: what comes while the past is being told is part of the past.
    if (change.type === "history" && change.done && !following) {
      following = true;
      tell(`following ${where}`);
    }
    if (change.type === "reset") tell(`samples may be missing: ${printable(change.reason)}`);
    if (change.type === "reduced")
      tell(`of what was missed, only extremes can be shown: ${printable(change.reason)}`);
    if (change.type === "gap") tell(`samples are missing: ${printable(change.reason)}`);
    if (change.type === "notice") tell(printable(change.message));
    if (change.type === "history" && change.bucketMs > 0 && change.done)
      tell(`of the past, only the extremes of every ${change.bucketMs / 1000} s are shown`);
  };
}

const refusals: Readonly<Record<number, ErrorCode>> = { 401: "unauthorized", 403: "forbidden" };

function cannot(code: ErrorCode, what: string): PlotcastError {
  return new PlotcastError(code, `cannot ${what}`);
}
