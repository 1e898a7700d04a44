import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser } from "./open-browser.ts";

test("open browser: asks each platform in its own way", () => {
  const asked: string[] = [];
  const run = (command: string, args: readonly string[]) =>
    asked.push([command, ...args].join(" "));
  for (const platform of ["linux", "freebsd", "darwin", "win32"] as const)
    openBrowser("http://a", platform, run);
  assert.deepEqual(asked, [
    "xdg-open http://a",
    "xdg-open http://a",
    "open http://a",
    'cmd /c start "" http://a',
  ]);
});
