import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { behindFrontDoors } from "../../scripts/front-door.js";

const packages = path.join(import.meta.dirname, "../../packages");
const at = (file: string) => JSON.stringify(path.join(packages, file));

test("front door: an import leads to the modules that have what it names", () => {
  assert.equal(
    behindFrontDoors(
      'import { type Change, follow, isOurs as ours } from "@plotcast/client";',
      packages,
    ),
    `import { follow } from ${at("client/src/follow.ts")}; import { isOurs as ours } from ${at("client/src/follow-shared.ts")};`,
  );
});

test("front door: what is let out without being named is found as well", () => {
  assert.equal(
    behindFrontDoors('import { parseTime } from "@plotcast/protocol";', packages),
    `import { parseTime } from ${at("protocol/src/time.ts")};`,
  );
});

test("front door: imports of types and of others stay, and lines keep their numbers", () => {
  const code = 'import type { Change } from "@plotcast/client";\nimport x from "x";\n';
  assert.equal(behindFrontDoors(code, packages), code);
});

test("front door: a name that is not let out is an error that says so", () => {
  assert.throws(
    () => behindFrontDoors('import { nobody } from "@plotcast/client";', packages),
    /cannot find nobody in @plotcast\/client/,
  );
});
