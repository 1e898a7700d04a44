import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { TestContext } from "node:test";

/** For tests: a folder that is there until the test is over. */
export function fakeFolder(t: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "plotcast-command-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
