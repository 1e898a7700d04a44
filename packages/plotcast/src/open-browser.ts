import { spawn } from "node:child_process";

/** Shows the page in the user's browser, if there is one. Never fails: it is a courtesy. */
export function openBrowser(
  url: string,
  platform = process.platform,
  run: Run = runDetached,
): void {
  if (platform === "darwin") run("open", [url]);
  // `start` takes its first quoted argument for a window title.
  else if (platform === "win32") run("cmd", ["/c", "start", '""', url]);
  else run("xdg-open", [url]);
}

type Run = (command: string, args: readonly string[]) => void;

function runDetached(command: string, args: readonly string[]): void {
  const child = spawn(command, args, { detached: true, stdio: "ignore" });
  child.on("error", () => {});
  child.unref();
}
