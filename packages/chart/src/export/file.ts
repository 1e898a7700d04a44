/** Long enough for any browser to have begun with it. */
const revokeAfterMs = 60_000;
/** File systems take names up to 255 bytes. */
const maxTitle = 60;

/** Offers a file to be kept, as a link to it would. */
export function saveFile(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), revokeAfterMs);
}

/** `temperature-2026-11-22T20-19-03Z.png`: what it is of, and of when. */
export function fileName(title: string, time: number, extension: string): string {
  const letters = title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-");
  const name = [...letters].slice(0, maxTitle).join("").replace(/^-|-$/g, "") || "chart";
  const moment = new Date(time).toISOString().replace(/\.\d+/, "").replaceAll(":", "-");
  return `${name}-${moment}.${extension}`;
}

/**
 * Puts a text on the clipboard. The asynchronous way is closed to pages without TLS, which is what a
 * chart in somebody's own network usually is; the old way is still open there. Says whether it worked.
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyOldWay(text);
  }
}

function copyOldWay(text: string): boolean {
  let copied = false;
  const copy = (event: ClipboardEvent) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    event.clipboardData?.setData("text/plain", text);
    copied = event.clipboardData !== null;
  };
  document.addEventListener("copy", copy, { capture: true });
  try {
    return document.execCommand("copy") && copied;
  } catch {
    return false;
  } finally {
    document.removeEventListener("copy", copy, { capture: true });
  }
}
