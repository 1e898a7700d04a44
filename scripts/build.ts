import { spawnSync } from "node:child_process";
import { copyFileSync, rmSync } from "node:fs";
import path from "node:path";
import { buildPages } from "./build-pages.js";
import { bundlePages } from "./bundle-pages.js";
import { writeManifest } from "./custom-elements.ts";
import { sizesOf, sizeTable, tooLarge } from "./size-budget.ts";

// Makes what is published: JavaScript and types in each package's `dist`, and the browser's files.
// In this repository only `npx plotcast` runs it, all else runs from source: see the condition
// `@plotcast/source`. Arguments are handed on to tsc; with `--noCheck` sizes are not looked at either.

const root = path.dirname(import.meta.dirname);

/** In this order, because each finds the types of those before it in their `dist`. */
const compiled = ["protocol", "server", "client", "chart", "plotcast"];
const bundled = ["dashboard"];

for (const name of compiled) {
  const folder = path.join(root, "packages", name);
  rmSync(path.join(folder, "dist"), { recursive: true, force: true });
  const tsc = path.join(root, "node_modules/.bin/tsc");
  const args = ["-p", path.join(folder, "tsconfig.build.json"), ...process.argv.slice(2)];
  const { status } = spawnSync(tsc, args, {
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    console.error(`build: cannot compile ${name}`);
    process.exit(1);
  }
}
await buildPages();
writeManifest();

// npm packs a licence that lies beside the package.json, and no other.
for (const name of [...compiled, ...bundled]) {
  copyFileSync(path.join(root, "LICENSE"), path.join(root, "packages", name, "LICENSE"));
}
console.log(`build: ${[...compiled, ...bundled].join(", ")}`);

if (!process.argv.includes("--noCheck")) {
  const sizes = await sizesOf(await bundlePages());
  console.log(sizeTable(sizes));
  for (const sentence of tooLarge(sizes)) {
    console.error(`build: ${sentence}`);
    process.exitCode = 1;
  }
}
