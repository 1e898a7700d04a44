import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

// What browsers load: the element as one file, and the pages. Plain JavaScript, because set-up calls
// it in the process it runs in, whatever Node that is.

const root = fileURLToPath(new URL("..", import.meta.url));
const chart = path.join(root, "packages/chart");
const dashboard = path.join(root, "packages/dashboard");

/** Folders whose code ends up in the browser, and what else decides how. */
const sources = [
  ...["protocol", "client", "chart", "dashboard"].map((name) =>
    path.join(root, "packages", name, "src"),
  ),
  path.join(root, "package-lock.json"),
  fileURLToPath(import.meta.url),
];

// Bundling drops the comments in which these say so.
const banner =
  "/*! Plotcast, MIT licence. Contains uPlot (c) Leon Sorokin and eventsource-parser (c) Espen Hovlandsdal, both MIT. */";

/**
 * Bundles `live-chart.js` into its package's `bundle` folder and the pages into `dist`, unless what
 * is there is newer than every source. Resolves to whether there was anything to do.
 *
 * @returns {Promise<boolean>}
 */
export async function buildPages() {
  const bundles = [
    {
      from: path.join(chart, "src/live-chart-bundle.ts"),
      to: path.join(chart, "bundle/live-chart.js"),
    },
    { from: path.join(dashboard, "src/app.ts"), to: path.join(dashboard, "dist/app.js") },
  ];
  if (bundles.every(({ to }) => isNewer(to, sources))) return false;

  const { build } = await import("esbuild"); // only now: on a fresh clone it has just been installed
  for (const { from, to } of bundles) {
    await build({
      entryPoints: [from],
      outfile: to,
      bundle: true,
      minify: true,
      format: "esm",
      target: ["chrome111", "firefox115", "safari16.4"],
      conditions: ["@plotcast/source"],
      banner: { js: banner },
      logLevel: "silent", // what it throws says it all, and is printed by the caller
    });
  }
  copyPages();
  return true;
}

function copyPages() {
  const from = path.join(dashboard, "src");
  mkdirSync(path.join(dashboard, "dist"), { recursive: true });
  for (const name of readdirSync(from)) {
    if (/\.(html|css|svg|png|ico)$/.test(name)) {
      copyFileSync(path.join(from, name), path.join(dashboard, "dist", name));
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
