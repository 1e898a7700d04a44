import assert from "node:assert/strict";
import { test } from "node:test";
import { findAssetDirs } from "./asset-dirs.ts";

test("asset dirs: are those of the element and of the pages", () => {
  const dirs = findAssetDirs(
    (name) => `/modules/${name}`,
    () => true,
  );
  assert.deepEqual(dirs, ["/modules/@plotcast/chart", "/modules/@plotcast/dashboard"]);
});

test("asset dirs: what is not built is named, with what to do", () => {
  const missing = () =>
    findAssetDirs(
      (name) => `/modules/${name}`,
      (file) => !/chart/.test(`${file}`),
    );
  assert.throws(missing, {
    code: "unavailable",
    message:
      'cannot serve the pages: /modules/@plotcast/chart/live-chart.js is missing; run "npm run build"',
  });
});

test("asset dirs: the packages are found from here", () => {
  const found: string[] = [];
  findAssetDirs(undefined, (file) => found.push(`${file}`) > 0);
  assert.match(found.join(" "), /chart\/.+\/live-chart\.js .*dashboard\/.+\/index\.html$/);
});
