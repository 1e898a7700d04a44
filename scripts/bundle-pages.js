import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { behindFrontDoors } from "./front-door.js";
import { minifyCssLiterals } from "./minify-css.js";

// What browsers load, in the folders in which a server shows it: `live-chart.js`, `assets/app.js`, and
// beside the first a folder of chunks whose names change with what is in them, and with
// `renderer.js`, for renderers of other people. Plain JavaScript, for
// the reason that is given in build-pages.js.
//
// The entries are a few lines, which browsers ask for again each time; all that a chart needs at once
// is one chunk, which they keep for good. What only some charts need are chunks of their own.

const root = fileURLToPath(new URL("..", import.meta.url));
const packages = path.join(root, "packages");
const core = path.join(packages, "chart/src/live-chart.ts");

/** Oldest browsers whose syntax is enough. */
export const target = ["chrome126", "firefox131", "safari18.4"];

/** What the linter wants written out, in the words that take the fewest bytes: 0.2 kB after gzip. */
const shortNumbers = {
  "Number.POSITIVE_INFINITY": "Infinity",
  "Number.NEGATIVE_INFINITY": "-1e999", // the only way in which JSON has it
  "Number.NaN": "NaN",
};

const banner = "/*! Plotcast, MIT licence. Libraries in it: see live-chart/licenses.txt */";

/**
 * Bundles the element and the pages, without writing anything. `files` are by path, with slashes;
 * `metafile` is what esbuild says about them.
 *
 * @returns {Promise<{ files: Map<string, Uint8Array>, metafile: import("esbuild").Metafile }>}
 */
export async function bundlePages() {
  const { build } = await import("esbuild"); // only now: on a fresh clone it has just been installed
  const { outputFiles, metafile } = await build({
    entryPoints: {
      "live-chart": path.join(packages, "chart/src/live-chart-bundle.ts"),
      "live-chart/renderer": path.join(packages, "chart/src/renderer-bundle.ts"),
      "assets/app": path.join(packages, "dashboard/src/app.ts"),
    },
    absWorkingDir: root,
    outdir: path.join(root, "out"), // nothing is written there: what counts are names below it
    chunkNames: "live-chart/[name]-[hash]",
    splitting: true,
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    define: shortNumbers,
    format: "esm",
    target,
    conditions: ["@plotcast/source", "module"],
    banner: { js: banner },
    legalComments: "none",
    plugins: [ourSources()],
    logLevel: "silent", // what it throws says it all, and is printed by the caller
  });
  const files = new Map(
    outputFiles.map(({ path: at, contents }) => [
      path.relative(path.join(root, "out"), at).split(path.sep).join("/"),
      contents,
    ]),
  );
  files.set("live-chart/licenses.txt", Buffer.from(licences(metafile)));
  return { files, metafile };
}

/** Where modules are that are loaded on demand: what is loaded is one of the same name around them. */
export const onDemand = "on-demand";

/**
 * How our own modules are read: style sheets without their spaces, and whatever is loaded on demand
 * as if it needed all of the core. It is the core that loads it, so that is there; and said so, the
 * core is one chunk. Otherwise each set of modules that two chunks have in common would be one more.
 *
 * @returns {import("esbuild").Plugin}
 */
function ourSources() {
  return {
    name: "plotcast-sources",
    setup({ onLoad, onResolve, resolve }) {
      onResolve({ filter: /./ }, async ({ path: name, kind, pluginData, ...from }) => {
        if (kind !== "dynamic-import" || pluginData === "asked") return undefined;
        const found = await resolve(name, { ...from, kind, pluginData: "asked" });
        return found.errors.length > 0 ? found : { path: found.path, namespace: onDemand };
      });
      onLoad({ filter: /./, namespace: onDemand }, ({ path: at }) => ({
        contents: `import ${JSON.stringify(core)}; export * from ${JSON.stringify(at)};`,
        resolveDir: path.dirname(at),
      }));
      onLoad({ filter: /[\\/]packages[\\/][\w-]+[\\/]src[\\/].*\.ts$/ }, ({ path: at }) => ({
        contents: behindFrontDoors(minifyCssLiterals(readFileSync(at, "utf8")), packages),
        loader: "ts",
      }));
    },
  };
}

/**
 * The licences of the libraries that are in the files, in full: most of them ask for that.
 *
 * @param {import("esbuild").Metafile} metafile
 * @returns {string}
 */
function licences(metafile) {
  const folders = new Set(
    Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.keys(inputs).flatMap((file) => libraryFolder(file) ?? []),
    ),
  );
  const texts = [...folders].sort().map((folder) => {
    const at = path.join(root, folder);
    const { name, version } = JSON.parse(readFileSync(path.join(at, "package.json"), "utf8"));
    const files = readdirSync(at).filter((file) => /^(licen[cs]e|notice)(\.\w+)?$/i.test(file));
    if (files.length === 0) throw new Error(`cannot find the licence of ${name} in ${at}`);
    const said = files.map((file) => readFileSync(path.join(at, file), "utf8").trim());
    return [`${name} ${version}`, ...said].join("\n\n");
  });
  return `${texts.join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}

/**
 * Where the library of a file is; undefined for files of ours.
 *
 * @param {string} file
 * @returns {string | undefined}
 */
export function libraryFolder(file) {
  return /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
}
