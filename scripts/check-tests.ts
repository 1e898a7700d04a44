import { availableParallelism } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { run } from "node:test";
import { spec, type TestEvent } from "node:test/reporters";

type Result = Extract<TestEvent, { type: "test:pass" | "test:fail" }>["data"];
type Summary = Extract<TestEvent, { type: "test:summary" }>["data"];

// No file takes this long. One that hangs must not take the rest of the run with it.
const timeoutMs = 15 * 60_000;

/**
 * Runs the test files and reports them as one run. Resolves to a line for each test that failed.
 *
 * Those under `test/` start servers and browsers and measure how long things take, so they run one
 * by one, after all others have run side by side.
 */
export async function checkTests(files: readonly string[]): Promise<string[]> {
  const failed: string[] = [];
  const skipped: string[] = [];

  async function* report(): AsyncGenerator<TestEvent> {
    const summaries: Summary[] = [];
    for await (const event of inTurn(files)) {
      const { type, data } = event;
      if (type === "test:summary" && data.file === undefined) summaries.push(data);
      if (type === "test:diagnostic" && data.file === undefined) continue; // one run's totals
      if (type === "test:fail" && !isParentOfFailure(data.details.error)) failed.push(name(data));
      if (type === "test:pass" && data.skip) skipped.push(`${name(data)}: ${data.skip}`);
      yield event;
    }
    yield* totals(summaries);
  }

  await pipeline(Readable.from(report()), new spec(), process.stdout, { end: false });
  if (skipped.length > 0) console.log(`\nSKIPPED:\n  ${skipped.join("\n  ")}`);
  return failed;
}

async function* inTurn(files: readonly string[]): AsyncGenerator<TestEvent> {
  const alone = files.filter((file) => file.startsWith(`test${path.sep}`));
  const together = files.filter((file) => !alone.includes(file));
  // The runner takes no files to mean all files.
  if (together.length > 0) {
    yield* run({ files: together, concurrency: availableParallelism(), timeout: timeoutMs });
  }
  if (alone.length > 0) yield* run({ files: alone, concurrency: 1, timeout: timeoutMs });
}

/** The closing lines of the test runner, over all runs. */
function* totals(summaries: readonly Summary[]): Generator<TestEvent> {
  const sum = (value: (summary: Summary) => number) =>
    summaries.reduce((total, summary) => total + value(summary), 0);
  const lines = {
    tests: sum(({ counts }) => counts.tests),
    suites: sum(({ counts }) => counts.suites),
    pass: sum(({ counts }) => counts.passed),
    fail: sum(({ counts }) => failures(counts)),
    cancelled: sum(({ counts }) => counts.cancelled),
    skipped: sum(({ counts }) => counts.skipped),
    todo: sum(({ counts }) => counts.todo),
    duration_ms: sum(({ duration_ms }) => duration_ms),
  };
  for (const [label, value] of Object.entries(lines)) {
    const message = `${label} ${value}`;
    yield { type: "test:diagnostic", data: { nesting: 0, message, level: "info" } };
  }
}

function failures({ tests, passed, cancelled, skipped, todo }: Summary["counts"]): number {
  return tests - passed - cancelled - skipped - todo;
}

/** A test that failed only because one inside it did says nothing new. */
function isParentOfFailure(error: Error): boolean {
  return "failureType" in error && error.failureType === "subtestsFailed";
}

function name({ name, file }: Result): string {
  const where = file === undefined ? "" : path.relative(process.cwd(), file);
  return path.resolve(name) === file ? where : `${where}: ${name}`;
}
