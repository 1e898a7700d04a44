import type { TestContext } from "node:test";
import { findTool, inCi } from "../scripts/system-tools.js";

/** A program that npm cannot bring; `scripts/setup.js` installs what it can of these. */
type Tool = "chromium" | "firefox" | "nginx" | "vmstat" | "ping" | "curl";

/**
 * The path of a program this test cannot do without.
 *
 * Where it is missing: fails the test in CI; elsewhere skips it and returns undefined, upon which
 * the test must return.
 */
export function requireTool(t: TestContext, name: Tool): string | undefined {
  const found = findTool(name);
  if (found !== undefined) return found;
  const message = `cannot run ${JSON.stringify(t.name)}: ${name} is not installed; see npm test`;
  if (inCi) throw new Error(message);
  t.skip(message);
  return undefined;
}
