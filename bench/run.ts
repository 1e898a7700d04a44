import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { availableParallelism, cpus, release, totalmem, type } from "node:os";
import path from "node:path";

/**
 * Runs every bench, or those whose path contains one of the arguments: `npm run bench -- log`.
 * They take turns: two at once would measure each other.
 */
const wanted = process.argv.slice(2);
const benches = globSync("*/*.bench.ts", { cwd: import.meta.dirname })
  .sort()
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)));

const gib = (totalmem() / 2 ** 30).toFixed(0);
console.log(
  `${new Date().toISOString().slice(0, 10)}, ${availableParallelism()} × ${cpus()[0]?.model.trim()}, ${gib} GiB, ${type()} ${release()}, Node ${process.version}`,
);
let failed = false;
for (const file of benches) {
  console.log(`\n## ${file}`);
  const args = ["-C", "@plotcast/source", "--expose-gc", path.join(import.meta.dirname, file)];
  failed = spawnSync(process.execPath, args, { stdio: "inherit" }).status !== 0 || failed;
}
process.exitCode = failed ? 1 : 0;
