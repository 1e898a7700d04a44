import path from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Metafile } from "esbuild";
import { bundlePages, libraryFolder, onDemand, target } from "./bundle-pages.js";

// What a page pays for a chart, in bytes as they travel. Run it to see the table; the build and the
// tests fail where a limit is passed.

const root = path.dirname(import.meta.dirname);
const renderers = "packages/chart/src/renderers/";

/**
 * In bytes, after gzip. `element`: all that is loaded before a chart draws, as it does by default; the
 * code by which tabs share a connection counts, for every chart of a Plotcast server loads it. The
 * goal is 35,000: what was reached is the limit, so that it is never more again.
 */
export const limits = { element: 53_500, adapter: 4_000 };

/** Whose adapter is the default, so that it counts as a part of the element even if it comes later. */
const defaultRenderer = `${renderers}canvas.ts`;

export type Bundle = {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly metafile: Pick<Metafile, "outputs">;
};

/** One line of the table. */
export type Size = {
  readonly name: string;
  readonly raw: number;
  readonly gz: number;
  readonly limit?: number;
  readonly what: string;
};

/** Bytes after gzip of an adapter's own modules, without the library. */
export type MeasureAdapter = (
  entry: string,
  own: ReadonlySet<string>,
) => Promise<Pick<Size, "raw" | "gz">>;

/** The sizes of what is loaded at once, of each chunk that is loaded on demand, and of adapters. */
export async function sizesOf(
  { files, metafile: { outputs } }: Bundle,
  measure: MeasureAdapter = measureAdapter,
): Promise<Size[]> {
  const rendererOutput = Object.keys(outputs).find(
    (output) => entryOf(outputs[output]!) === defaultRenderer,
  );
  const atOnce = new Set([
    ...closure(outputs, "out/live-chart.js"),
    ...(rendererOutput === undefined ? [] : closure(outputs, rendererOutput)),
  ]);
  const sized = [...atOnce].map((output) => sizeOf(files, outputs, output));
  const sizes: Size[] = [
    {
      name: "element",
      raw: sum(sized.map(({ raw }) => raw)),
      gz: sum(sized.map(({ gz }) => gz)),
      limit: limits.element,
      what: `what a chart needs: ${sized.length} files`,
    },
    ...sized,
  ];
  for (const [output, made] of Object.entries(outputs)) {
    const entryPoint = entryOf(made);
    if (atOnce.has(output)) continue;
    sizes.push(sizeOf(files, outputs, output));
    if (entryPoint === undefined || !entryPoint.startsWith(renderers)) continue;
    const inputs = [...closure(outputs, output)]
      .filter((each) => !atOnce.has(each))
      .flatMap((each) => Object.keys(outputs[each]!.inputs));
    if (!inputs.some(libraryFolder)) continue;
    const own = new Set(
      inputs.filter((file) => libraryFolder(file) === undefined && !file.startsWith(onDemand)),
    );
    sizes.push({
      name: `adapter ${path.basename(entryPoint, ".ts")}`,
      ...(await measure(entryPoint, own)),
      limit: limits.adapter,
      what: "without its library",
    });
  }
  return sizes;
}

/** One sentence for each limit that is passed. */
export function tooLarge(sizes: readonly Size[]): string[] {
  return sizes.flatMap(({ name, gz, limit = Number.POSITIVE_INFINITY }) =>
    gz <= limit ? [] : [`${name} is ${gz} bytes after gzip, ${gz - limit} more than its limit`],
  );
}

/** For people, one line each; limits are beside what they limit. */
export function sizeTable(sizes: readonly Size[]): string {
  const rows = sizes.map(({ name, raw, gz, limit, what }) => [
    name,
    kB(raw),
    kB(gz),
    limit === undefined ? "" : `of ${kB(limit)}`,
    what,
  ]);
  const table = [["", "kB", "gzip", "limit", "what is in it"], ...rows];
  const widths = table[0]!.map((_, i) => Math.max(...table.map((row) => row[i]!.length)));
  return table
    .map((row) =>
      row.map((cell, i) =>
        (i === 1 || i === 2 ? cell.padStart : cell.padEnd).call(cell, widths[i]!),
      ),
    )
    .map((cells) => cells.join("  ").trimEnd())
    .join("\n");
}

/** The module that an output was made for, from the root of the repository. */
function entryOf({ entryPoint }: Metafile["outputs"][string]): string | undefined {
  if (!entryPoint?.startsWith(`${onDemand}:`)) return entryPoint;
  return path
    .relative(root, entryPoint.slice(onDemand.length + 1))
    .split(path.sep)
    .join("/");
}

/** An output and all that it imports before it runs. */
function closure(
  outputs: Metafile["outputs"],
  from: string,
  seen = new Set<string>(),
): Set<string> {
  if (seen.has(from)) return seen;
  seen.add(from);
  for (const { path: to, kind, external } of outputs[from]?.imports ?? []) {
    if (kind === "import-statement" && !external) closure(outputs, to, seen);
  }
  return seen;
}

function sizeOf(files: Bundle["files"], outputs: Metafile["outputs"], output: string): Size {
  const name = output.replace(/^out\//, "");
  const contents = files.get(name);
  if (!contents) throw new Error(`BUG: ${output} was not made`);
  return { name, ...weigh(contents), what: contentsOf(outputs[output]!) };
}

function weigh(contents: Uint8Array): Pick<Size, "raw" | "gz"> {
  return { raw: contents.length, gz: gzipSync(contents, { level: 9 }).length };
}

/** The packages of an output, the largest first, each with its bytes before gzip. */
function contentsOf({ inputs }: Metafile["outputs"][string]): string {
  const bytes = new Map<string, number>();
  for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
    if (file.startsWith(onDemand)) continue;
    const name = (libraryFolder(file) ?? file.replace(/^(packages\/\w+)\/.*/, "$1")).replace(
      /.*\bnode_modules\/|^packages\//,
      "",
    );
    bytes.set(name, (bytes.get(name) ?? 0) + bytesInOutput);
  }
  return [...bytes]
    .sort((a, b) => b[1] - a[1])
    .map(([name, count]) => `${name} ${kB(count)}`)
    .join(", ");
}

async function measureAdapter(entry: string, own: ReadonlySet<string>) {
  const { outputFiles } = await build({
    entryPoints: [path.join(root, entry)],
    absWorkingDir: root,
    bundle: true,
    write: false,
    minify: true,
    format: "esm",
    target: [...target],
    plugins: [
      {
        name: "own-modules-only",
        setup({ onResolve }) {
          onResolve({ filter: /./ }, ({ path: name, resolveDir, kind }) => {
            if (kind === "entry-point") return undefined;
            const file = path.relative(root, path.resolve(resolveDir, name));
            const isOwn = name.startsWith(".") && own.has(file.split(path.sep).join("/"));
            return isOwn ? undefined : { path: name, external: true };
          });
        },
      },
    ],
  });
  return weigh(outputFiles[0]!.contents);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function kB(bytes: number): string {
  return (bytes / 1000).toFixed(1);
}

if (import.meta.main) {
  const sizes = await sizesOf(await bundlePages());
  console.log(sizeTable(sizes));
  for (const sentence of tooLarge(sizes)) {
    console.error(sentence);
    process.exitCode = 1;
  }
}
