import assert from "node:assert/strict";
import { globSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { imports, type Manifests, violations } from "./layers.ts";

const root = path.dirname(import.meta.dirname);

function read(file: string): string {
  return readFileSync(path.join(root, file), "utf8");
}

function readManifests(): Manifests {
  const { devDependencies: everywhere } = JSON.parse(read("package.json"));
  const entries = readdirSync(path.join(root, "packages")).map((folder) => {
    const manifest = JSON.parse(read(`packages/${folder}/package.json`));
    const { name, dependencies, peerDependencies, devDependencies } = manifest;
    // What nobody imports is built into files: there, everything is there at build time only.
    const bundled = folder === "dashboard" ? devDependencies : {};
    const runtime = Object.keys({ ...dependencies, ...peerDependencies, ...bundled });
    return [folder, { name, runtime, dev: Object.keys({ ...everywhere, ...devDependencies }) }];
  });
  return Object.fromEntries(entries);
}

const manifests = readManifests();

function refuses(file: string, text: string, expected: RegExp) {
  assert.match(violations([{ path: file, text }], manifests).join("\n"), expected);
}

function allows(file: string, text: string) {
  assert.deepEqual(violations([{ path: file, text }], manifests), []);
}

test("layers: imports follow the data", () => {
  const files = globSync("packages/*/src/**/*.ts", { cwd: root }).map((file) => ({
    path: file.split(path.sep).join("/"),
    text: read(file),
  }));
  assert.ok(files.length > 20, "the files of the packages are found");
  assert.deepEqual(violations(files, manifests), []);
});

test("layers: a package imports only what is before it, and only what it declares", () => {
  const server = "packages/server/src/server.ts";
  allows(server, 'import { x } from "@plotcast/protocol";');
  refuses(server, 'import { x } from "@plotcast/client";', /server\.ts must not import/);
  refuses(server, 'import express from "express";', /express, which its package\.json does not/);
  refuses(server, 'import fc from "fast-check";', /fast-check, which its package\.json does not/);
  allows("packages/server/src/server.test.ts", 'import fc from "fast-check";');
  allows("packages/server/src/server.ts", 'import path from "node:path";');
  refuses("packages/client/src/a.ts", 'import path from "node:path";', /browsers run it too/);
  refuses("packages/chart/src/a.ts", 'import { x } from "../../client/src/b.ts";', /by the name/);
});

test("layers: the folders of the server meet in server.ts only", () => {
  allows("packages/server/src/server.ts", 'import { x } from "./hub/fanout.ts";');
  allows("packages/server/src/stream/a.ts", 'import type { Hub } from "../hub/hub.ts";');
  allows("packages/server/src/stream/a.test.ts", 'import { x } from "../hub/fanout.ts";');
  refuses(
    "packages/server/src/stream/a.ts",
    'import { x } from "../hub/fanout.ts";',
    /hub\/fanout/,
  );
  refuses("packages/server/src/hub/a.ts", 'import { x } from "../store/store.ts";', /store\/store/);
  refuses("packages/server/src/log/a.ts", 'import { x } from "../config.ts";', /config/);
  refuses("packages/server/src/misc/a.ts", 'import { x } from "../log/log.ts";', /does not know/);
});

test("layers: a contract imports nothing that fulfils it", () => {
  allows("packages/server/src/hub/hub.ts", 'import type { Batch } from "../log/log.ts";');
  refuses(
    "packages/server/src/log/log.ts",
    'import { x } from "./memory-log.ts";',
    /is a contract/,
  );
});

test("layers: only config.ts reads the environment", () => {
  allows("packages/server/src/config.ts", "const port = process.env.PORT;");
  refuses("packages/server/src/server.ts", "const port = process.env.PORT;", /process\.env/);
  refuses("packages/client/src/a.ts", 'import { env } from "node:process";', /process\.env/);
});

test("layers: a library that is to stay replaceable is imported by one file", () => {
  const text = 'import { DatabaseSync } from "node:sqlite";';
  const [one, two] = ["a", "b"].map((name) => ({
    path: `packages/server/src/log/${name}.ts`,
    text,
  }));
  assert.deepEqual(violations([one!], manifests), []);
  assert.match(violations([one!, two!], manifests).join(), /node:sqlite must be imported by one/);
});

test("layers: every form of import is seen, and none in a comment", () => {
  const text = `import a, { type b } from "a";
import {
  c,
} from "b";
import "c";
export * from "d";
export type { e } from "e";
const f = await import("f");
// import g from "g";
 * import h from "h";
export const text = "i";
`;
  assert.deepEqual(imports(text), ["a", "b", "c", "d", "e", "f"]);
});
