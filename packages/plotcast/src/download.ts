import { PlotcastError } from "@plotcast/protocol";
import { whyUnreachable } from "./ask-server.ts";
import { formatBytes, formatShare, type Progress } from "./progress.ts";
import { formatSize } from "./units.ts";

export type DownloadOptions = {
  /** What is being done, for the message of a failure: `export from http://a/`. */
  readonly doing: string;
  readonly progress: Progress;
  readonly now?: () => number;
};

/**
 * The bytes of an answer as they come, while showing how far it is. Rejects with `closed` when they end
 * before the end of the answer, for whatever reason.
 */
export async function* download(
  { body, headers }: Response,
  { doing, progress, now = Date.now }: DownloadOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const since = now();
  const total = headers.has("content-encoding") ? 0 : Number(headers.get("content-length") ?? 0);
  let bytes = 0;
  const line = () => {
    const share = total > 0 ? `${formatShare(bytes / total)} ` : "";
    return `${share}${formatBytes(bytes, now() - since)}`;
  };
  try {
    for await (const chunk of body ?? []) {
      bytes += chunk.length;
      progress.show(line);
      yield chunk;
    }
  } catch (error) {
    const why = whyUnreachable(error);
    throw new PlotcastError("closed", `cannot ${doing}: ${why} after ${formatSize(bytes)}`);
  }
}
