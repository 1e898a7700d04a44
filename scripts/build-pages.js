import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { bundlePages } from "./bundle-pages.js";

// What browsers load: the element with its chunks, and the pages. Plain JavaScript, because set-up
// calls it in the process it runs in, whatever Node that is.

const root = fileURLToPath(new URL("..", import.meta.url));
const bundle = path.join(root, "packages/chart/bundle");
const pages = path.join(root, "packages/dashboard/dist");

/** Folders whose code ends up in the browser, and what else decides how. */
const sources = [
  ...["protocol", "client", "chart", "dashboard"].map((name) =>
    path.join(root, "packages", name, "src"),
  ),
  path.join(root, "package-lock.json"),
  ...["build-pages.js", "bundle-pages.js", "minify-css.js"].map((name) =>
    path.join(root, "scripts", name),
  ),
];

/**
 * Puts the element into its package's `bundle` folder and the pages into `dist`, unless what is there
 * is newer than every source. Resolves to whether there was anything to do.
 *
 * @returns {Promise<boolean>}
 */
export async function buildPages() {
  // The entry is the last that is written of each.
  const made = [path.join(bundle, "live-chart.js"), path.join(pages, "app.js")];
  if (made.every((file) => isNewer(file, sources))) return false;

  const { files } = await bundlePages();
  for (const name of [...files.keys()].sort(byDepth)) {
    const at = name.startsWith("assets/")
      ? path.join(pages, name.slice("assets/".length))
      : path.join(bundle, name);
    mkdirSync(path.dirname(at), { recursive: true });
    writeFileSync(at, /** @type {Uint8Array} */ (files.get(name)));
  }
  for (const name of readdirSync(path.join(bundle, "live-chart"))) {
    if (!files.has(`live-chart/${name}`)) rmSync(path.join(bundle, "live-chart", name));
  }
  copyPages();
  return true;
}

/**
 * Deepest first, so that nothing is there before what it imports.
 *
 * @param {string} a
 * @param {string} b
 * @returns {number}
 */
function byDepth(a, b) {
  return b.split("/").length - a.split("/").length;
}

function copyPages() {
  const from = path.join(root, "packages/dashboard/src");
  for (const name of readdirSync(from)) {
    if (/\.(html|css|svg|png|ico)$/.test(name)) {
      copyFileSync(path.join(from, name), path.join(pages, name));
    }
  }
}

/**
 * Whether a file was made after the last change to these files and folders.
 *
 * @param {string} made
 * @param {string[]} from
 * @returns {boolean}
 */
export function isNewer(made, from) {
  return existsSync(made) && modified(made) > Math.max(...from.map(newest));
}

/**
 * When a file, or anything in a folder, last changed. A folder's own time counts as well: it tells
 * of files that were removed.
 *
 * @param {string} at
 * @returns {number}
 */
function newest(at) {
  if (!statSync(at).isDirectory()) return modified(at);
  const inside = readdirSync(at).map((name) => newest(path.join(at, name)));
  return Math.max(modified(at), ...inside);
}

/**
 * @param {string} file
 * @returns {number}
 */
function modified(file) {
  return statSync(file).mtimeMs;
}
