import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { buildPages, isNewer } from "./build-pages.js";
import { inCi, missingTools } from "./system-tools.js";

// Makes a fresh clone ready: `node scripts/setup.js [start|test|build]`, called by npm before the scripts
// that need it. Plain JavaScript that runs on the machine's own Node, which may be older than ours;
// with nothing to do it is done in a blink.

const root = fileURLToPath(new URL("..", import.meta.url));
const windows = process.platform === "win32";

installPackages();
const node = findNode();
const purpose = process.argv[2];
if (purpose !== "build") {
  await pages();
  packages();
}
if (purpose === "test" && process.env.PLOTCAST_SKIP_SYSTEM !== "1") systemTools();

function installPackages() {
  if (packagesAreCurrent()) return;
  const since = performance.now();
  console.log("setup: installing packages from npm, about half a minute");
  // `--include` because NODE_ENV=production would leave out what builds the pages.
  const npm = runNpm(["ci", "--include=dev", "--include=optional", "--loglevel=error"]);
  if (npm.status !== 0) {
    fail(`cannot install packages: npm ci failed\n${npm.stdout}${npm.stderr || npm.error || ""}`);
  }
  console.log(`setup: packages installed in ${seconds(since)}`);
}

/** Compares contents, not times: neither a branch switch nor a copied folder says anything by its dates. */
function packagesAreCurrent() {
  const wanted = lockedPackages("package-lock.json");
  const found = lockedPackages("node_modules/.package-lock.json"); // npm writes it last
  return Object.entries(wanted).every(
    ([where, entry]) =>
      where === "" || isDeepStrictEqual(found[where], entry) || (!found[where] && entry.optional),
  );
}

/**
 * @param {string} file
 * @returns {Record<string, { optional?: boolean }>}
 */
function lockedPackages(file) {
  const at = path.join(root, file);
  return existsSync(at) ? JSON.parse(readFileSync(at, "utf8")).packages : {};
}

/**
 * @param {string[]} args
 */
function runNpm(args) {
  /** @type {import("node:child_process").SpawnSyncOptionsWithStringEncoding} */
  const options = { cwd: root, encoding: "utf8", maxBuffer: 1 << 26 };
  const { npm_execpath: npm, npm_node_execpath: node } = process.env;
  // The npm that called us, with the Node that runs it: ours is about to be replaced.
  if (node && npm?.endsWith("npm-cli.js")) return spawnSync(node, [npm, ...args], options);
  return spawnSync("npm", args, { ...options, shell: windows });
}

/**
 * npm puts `node_modules/.bin` first on the PATH of scripts, so the Node that the packages brought
 * is the one that runs them. Where there is none for this platform, the machine's has to do.
 */
function findNode() {
  const own = path.join(root, "node_modules/.bin", windows ? "node.cmd" : "node");
  if (existsSync(own) && realpathSync(own) !== realpathSync(process.execPath)) {
    const { stdout } = spawnSync(own, ["--version"], { encoding: "utf8", shell: windows });
    if (isRecent(stdout ?? "")) return own;
    // It does not run here, e.g. for want of glibc on Alpine. Left in place it would hide a Node
    // that does.
    rmSync(own);
  }
  if (!isRecent(process.version)) {
    const found = `found ${process.versions.node} and npm has none for ${process.platform} ${process.arch}`;
    fail(`plotcast needs Node 24.15 or newer, ${found}: get it from https://nodejs.org`);
  }
  return process.execPath;
}

/**
 * @param {string} version E.g. `v24.15.0`.
 */
function isRecent(version) {
  const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(version)?.map(Number) ?? [];
  return (
    major !== undefined && minor !== undefined && (major > 24 || (major === 24 && minor >= 15))
  );
}

async function pages() {
  const since = performance.now();
  try {
    if (await buildPages()) console.log(`setup: pages built in ${seconds(since)}`);
  } catch (error) {
    fail(`cannot build the pages: ${error instanceof Error ? error.message : error}`);
  }
}

/**
 * `npx plotcast` in a clone runs what `npm run build` makes, and it should not be last week's. Types
 * are not checked here: this is about running, and `npm test` tells.
 */
function packages() {
  const made = path.join(root, "packages/plotcast/dist/main.js");
  const names = ["protocol", "server", "client", "chart", "plotcast"];
  const sources = names.map((name) => path.join(root, "packages", name, "src"));
  if (isNewer(made, sources)) return;
  const since = performance.now();
  const build = [path.join(root, "scripts/build.ts"), "--noCheck"];
  const { status, stdout, stderr } = spawnSync(node, build, { encoding: "utf8", shell: windows });
  if (status !== 0) fail(`cannot build the packages\n${stdout}${stderr}`);
  console.log(`setup: packages built in ${seconds(since)}`);
}

/** Tries apt where it can; without the tools, tests fail in CI and are skipped elsewhere. */
function systemTools() {
  if (missingTools().length === 0) return;
  aptInstall();
  const missing = missingTools();
  if (missing.length === 0) return;
  const names = missing.map((tool) => tool.name).join(", ");
  const packages = missing.map((tool) => tool.packages[0]).join(" ");
  const how = existsSync("/usr/bin/apt-get")
    ? `install them with: sudo apt-get install --no-install-recommends ${packages}`
    : `install them with this system's package manager; Debian calls them ${packages}`;
  if (inCi) fail(`cannot test without ${names}: ${how}`);
  console.log(
    `\nsetup: NOT INSTALLED: ${names}; tests that need them are SKIPPED\nsetup: ${how}\n`,
  );
}

function aptInstall() {
  const sudo = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  const mayBeRoot = sudo.length === 0 || spawnSync("sudo", ["-n", "true"]).status === 0;
  if (!existsSync("/usr/bin/apt-get") || !mayBeRoot) return;
  const since = performance.now();
  const packages = missingTools().map((tool) => tool.packages.join("|"));
  console.log(`setup: installing with apt, for the tests: ${packages.join(" ")}`);
  const script = path.join(root, "scripts/apt-install.sh");
  const { status } = spawnSync("env", [...sudo, "sh", script, ...packages], { stdio: "inherit" });
  console.log(`setup: apt ${status === 0 ? "is done" : "failed"} after ${seconds(since)}`);
}

/**
 * @param {number} since
 */
function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  console.error(`setup: ${message}`);
  process.exit(1);
}
