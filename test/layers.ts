import path from "node:path/posix";

/** A source file under `packages/`; the path is relative to the root, with forward slashes. */
export type SourceFile = { readonly path: string; readonly text: string };

/** What a package.json says may be imported, by the package's folder. */
export type Manifests = Readonly<
  Record<string, { readonly name: string; readonly runtime: string[]; readonly dev: string[] }>
>;

/** Which package may import which, in the order the data flows. */
const packages: Record<string, string[]> = {
  protocol: [],
  server: ["protocol"],
  client: ["protocol"],
  chart: ["client", "protocol"],
  dashboard: ["chart", "client", "protocol"],
  plotcast: ["server", "client", "protocol"],
};

/** The rest also runs in browsers, where Node's own modules are missing. */
const onNode = ["server", "plotcast"];

/**
 * What a folder of `server/src` may import from outside itself: contracts, never an implementation.
 * The files beside the folders are not in the table: there the folders meet.
 */
const serverFolders: Record<string, string[]> = {
  sqlite: [],
  thread: [],
  ingest: ["log/sample-block.ts", "ops/http-status.ts", "thread/free-buffer.ts"],
  log: [
    ...["sqlite/database.ts", "thread/worker-calls.ts", "thread/free-buffer.ts"],
    "thread/sample-columns.ts",
  ],
  store: [
    ...["log/log.ts"],
    ...["sqlite/database.ts", "thread/worker-calls.ts", "thread/free-buffer.ts"],
    "thread/sample-columns.ts",
  ],
  hub: ["log/log.ts"],
  stream: [
    ...["log/log.ts", "store/store.ts", "store/buckets.ts", "http/request-head.ts"],
    ...["hub/hub.ts", "hub/body.ts", "hub/bodies.ts", "hub/packet.ts", "hub/connection.ts"],
    ...["hub/counters.ts", "ops/http-status.ts"],
  ],
  http: ["hub/connection.ts"],
  access: ["http/request-head.ts", "ops/http-status.ts"],
  // Log and store as other processes have them: what they are called with, and how they are kept up.
  workers: [
    ...["backend.ts", "config.ts", "ops/logger.ts", "store/store.ts", "store/turns.ts"],
    ...["log/log.ts", "log/sample-block.ts", "log/series-ids.ts", "log/listeners.ts"],
    "log/retaining.ts",
  ],
  ops: ["hub/counters.ts", "log/log.ts", "store/store.ts"],
};

/** What others are promised. Each imports packages and other contracts, nothing that fulfils it. */
const contracts = [
  "packages/server/src/log/log.ts",
  "packages/server/src/log/sample-block.ts",
  "packages/server/src/store/buckets.ts",
  "packages/server/src/store/store.ts",
  "packages/server/src/hub/body.ts",
  "packages/server/src/hub/connection.ts",
  "packages/server/src/hub/hub.ts",
  "packages/server/src/http/request-head.ts",
  "packages/client/src/change.ts",
  "packages/chart/src/renderer.ts",
];

/** Kept behind one file each, so that replacing them is a change to that file. */
const imported = [
  ...["node:sqlite", "uplot", "chart.js", "echarts", "eventsource-parser", "pino"],
  "prom-client",
];

/** One line for each import, or use of the environment, that the tables above do not allow. */
export function violations(files: readonly SourceFile[], manifests: Manifests): string[] {
  return [
    ...files.flatMap((file) =>
      imports(file.text).flatMap((to) => [
        ...(to.startsWith(".") ? relative(file, to) : bare(file, to, manifests)),
      ]),
    ),
    ...files.flatMap(environment),
    ...imported.flatMap((name) => importedTwice(files, name)),
  ];
}

/** What a file imports, also for its types only. An import in a comment does not start its line. */
export function imports(text: string): string[] {
  const found = text.matchAll(
    /^\s*(?:import|export)\b[^;"'`]*?\bfrom\s*"([^"]+)"|^\s*import\s*"([^"]+)"|\bimport\("([^"]+)"\)/gm,
  );
  return [...found].map(([, from, only, dynamic]) => from ?? only ?? dynamic ?? "");
}

function relative(file: SourceFile, to: string): string[] {
  const target = path.join(path.dirname(file.path), to);
  const [, from, ...inside] = file.path.split("/");
  if (!target.startsWith(`packages/${from}/`)) {
    return [`${file.path} must import ${target} by the name of its package`];
  }
  if (contracts.includes(file.path) && !contracts.includes(target)) {
    return [`${file.path} is a contract and must not import ${target}`];
  }
  const [, folder = "", rest] = inside;
  if (from !== "server" || rest === undefined || isTest(file)) return [];
  const allowed = serverFolders[folder];
  if (!allowed) return [`${file.path} is in a folder that test/layers.ts does not know`];
  const [, , , ...targetInside] = target.split("/");
  if (targetInside[0] === folder || allowed.includes(targetInside.join("/"))) return [];
  return [`${file.path} must not import ${target}`];
}

function bare(file: SourceFile, to: string, manifests: Manifests): string[] {
  const from = file.path.split("/")[1] ?? "";
  if (to.startsWith("node:")) {
    const allowed = onNode.includes(from) || isTest(file);
    return allowed ? [] : [`${file.path} must not import ${to}: browsers run it too`];
  }
  const [first = "", second] = to.split("/");
  const name = first.startsWith("@") ? `${first}/${second}` : first;
  const { runtime = [], dev = [] } = manifests[from] ?? {};
  const wrong: string[] = [];
  const ours = Object.keys(manifests).find((folder) => manifests[folder]?.name === name);
  if (ours !== undefined && !packages[from]?.includes(ours)) {
    wrong.push(`${file.path} must not import ${name}`);
  }
  if (!runtime.includes(name) && !(isTest(file) && dev.includes(name))) {
    wrong.push(`${file.path} imports ${name}, which its package.json does not declare`);
  }
  return wrong;
}

function environment(file: SourceFile): string[] {
  const { path: at, text } = file;
  const uses = /\bprocess\.env\b|\benv\b[^;]*\bfrom "node:process"/.test(text);
  return uses && path.basename(at) !== "config.ts" && !isTest(file)
    ? [`${at} must not read process.env, only config.ts does`]
    : [];
}

function importedTwice(files: readonly SourceFile[], name: string): string[] {
  const users = files.filter((file) => !isTest(file) && imports(file.text).includes(name));
  return users.length > 1
    ? [`${name} must be imported by one file only, not ${users.map((f) => f.path).join(", ")}`]
    : [];
}

/** Tests, the suites that the implementations of a contract share, and what stands in for the world. */
function isTest({ path: at }: SourceFile): boolean {
  return /\.test\.ts$|-contract\.ts$|\/fake-[^/]+\.ts$/.test(at);
}
