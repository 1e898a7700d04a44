import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { transformSync } from "esbuild";
import { minifyCss, minifyCssLiterals } from "../../scripts/minify-css.js";

const root = path.resolve(import.meta.dirname, "../..");

/** What a style sheet means: as another minifier writes it, which leaves values it cannot know alone. */
function meaning(css: string): string {
  return transformSync(css, { loader: "css", minify: true }).code.replace(/([,:]) /g, "$1");
}

test("minify css: spaces and comments go, what needs them stays", () => {
  assert.equal(
    minifyCss("\n.a > .b, .c :hover {\n  margin: 0 1px; /* why */\n  color: red;\n}\n"),
    ".a>.b,.c :hover{margin:0 1px;color:red}",
  );
  assert.equal(
    minifyCss("a { width: calc(1px + (2px - 1px)); }"),
    "a{width:calc(1px + (2px - 1px))}",
  );
  assert.equal(minifyCss('a { content: "a, b ; c"; }'), 'a{content:"a, b ; c"}');
});

test("minify css: what a template puts in keeps the spaces around it", () => {
  const dollar = "$";
  const css = `a { margin: ${dollar}{x} ${dollar}{y}; }\n${dollar}{colors}\n.b { top: 0; }`;
  assert.equal(minifyCss(css), `a{margin:${dollar}{x} ${dollar}{y}}${dollar}{colors} .b{top:0}`);
  assert.equal(
    minifyCssLiterals("export const css = `a { b: c; }`;\nconst text = `a { b: c; }`;"),
    "export const css = `a{b:c}`;\nconst text = `a { b: c; }`;",
  );
});

test("minify css: every style sheet of the chart means what it meant", () => {
  let found = 0;
  for (const file of globSync("packages/chart/src/**/*.ts", { cwd: root })) {
    const code = readFileSync(path.join(root, file), "utf8");
    for (const [, css] of code.matchAll(/\bconst (?:css|\w+Css) = `([^`]*)`/g)) {
      const filled = css!.replace(/^\s*\$\{\w+\}\s*$/gm, "").replace(/\$\{[^}]*\}/g, "1px");
      assert.ok(meaning(minifyCss(filled)) === meaning(filled), file);
      assert.ok(minifyCss(css!).length < css!.length, file);
      found++;
    }
  }
  assert.ok(found > 0);
});
