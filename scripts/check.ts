import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { checkTests } from "./check-tests.ts";

// Everything that must hold before a change goes in: what `npm test` runs, and CI with it. A step
// that fails does not keep the next from running, so one run tells all there is to mend.

const root = path.dirname(import.meta.dirname);
process.chdir(root);

const colors = process.stdout.isTTY ? "force" : "off";

type Step = { readonly name: string; readonly run: () => string[] | Promise<string[]> };

/** Each step returns what is wrong, one line per thing; what there is to read has been printed. */
const steps: Step[] = [
  { name: "lock file", run: checkLockFile },
  {
    name: "format and lint",
    run: () => command("biome", "ci", "--error-on-warnings", `--colors=${colors}`, "."),
  },
  { name: "types", run: () => command("tsc", "-p", ".") },
  { name: "unused code", run: () => command("knip", "--no-config-hints") },
  { name: "tests", run: () => checkTests(testFiles()) },
];

const failures: string[] = [];
const summary: string[] = [];
for (const { name, run } of steps) {
  console.log(`\n── ${name} ──`);
  const since = performance.now();
  const wrong = await run();
  const seconds = ((performance.now() - since) / 1000).toFixed(1);
  summary.push(`${wrong.length === 0 ? "✔" : "✖"} ${name} (${seconds} s)`);
  failures.push(...wrong.map((line) => `${name}: ${line}`));
}

console.log(`\n${summary.join("\n")}`);
if (failures.length > 0) {
  console.log(`\nNot good yet:\n${failures.map((line) => `  ${line}`).join("\n")}`);
  process.exitCode = 1;
}

function testFiles(): string[] {
  const where = ["packages/*/src", "test", "bench"];
  return where.flatMap((folder) => globSync(`${folder}/**/*.test.ts`).sort());
}

/** Runs a program that the packages brought; it prints by itself what it finds. */
function command(name: string, ...args: string[]): string[] {
  const bin = path.join(root, "node_modules/.bin", name);
  const { status, signal, error } = spawnSync(bin, args, {
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status === 0) return [];
  return [
    `${name} ${error ? `did not start: ${error.message}` : `ended with ${status ?? signal}`}`,
  ];
}

/** An address in the lock file would tie every clone to the registry of whoever wrote it. */
function checkLockFile(): string[] {
  const lines = readFileSync("package-lock.json", "utf8").split("\n");
  return lines.flatMap((line, index) =>
    line.includes('"resolved": "http') ? [`package-lock.json:${index + 1}: ${line.trim()}`] : [],
  );
}
