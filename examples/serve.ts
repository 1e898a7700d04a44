import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setInterval } from "node:timers/promises";
import { build, type Plugin } from "esbuild";
import { defaultOptions, findAssetDirs, startServer } from "plotcast";
import { compile as compileSvelte } from "svelte/compiler";
import { compileScript, parse as parseVue } from "vue/compiler-sfc";

// `node examples/serve.ts <folder> <port>` shows the application in a folder at that port, beside a
// Plotcast that makes up some numbers. It does what your own bundler does for you.

const [folder = "", port = ""] = process.argv.slice(2);

/** Tags that are the browser's business, not the framework's. Vue wants to be told, Svelte knows. */
const isCustomElement = (tag: string) => tag.startsWith("live-");

const vue: Plugin = {
  name: "vue",
  setup({ onLoad }) {
    onLoad({ filter: /\.vue$/ }, ({ path: file }) => {
      const { descriptor } = parseVue(readFileSync(file, "utf8"), { filename: file });
      const { content } = compileScript(descriptor, {
        id: path.basename(file),
        inlineTemplate: true,
        templateOptions: { compilerOptions: { isCustomElement } },
      });
      return { contents: content, loader: "ts" };
    });
  },
};

const svelte: Plugin = {
  name: "svelte",
  setup({ onLoad }) {
    onLoad({ filter: /\.svelte$/ }, ({ path: filename }) => {
      const { js } = compileSvelte(readFileSync(filename, "utf8"), { filename });
      return { contents: js.code, loader: "js" };
    });
  },
};

const site = mkdtempSync(path.join(tmpdir(), "plotcast-example-"));
const off = new AbortController();
process.once("SIGINT", () => off.abort());

await build({
  entryPoints: [path.join(folder, "main.*")],
  outdir: site,
  bundle: true,
  splitting: true, // what only some charts need comes when it is needed
  minify: true,
  format: "esm",
  jsx: "automatic",
  conditions: ["browser", "svelte"],
  define: {
    "process.env.NODE_ENV": '"production"',
    __VUE_OPTIONS_API__: "false",
    __VUE_PROD_DEVTOOLS__: "false",
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
  },
  plugins: [vue, svelte],
  logLevel: "warning",
});
cpSync(path.join(folder, "index.html"), path.join(site, "index.html"));

const server = await startServer({
  ...defaultOptions,
  port: Number(port),
  assetDirs: [...findAssetDirs(), site],
  logLevel: "warn",
});
console.log(`open ${server.url}`);

try {
  for await (const _ of setInterval(200, undefined, { signal: off.signal })) {
    const time = Date.now();
    await server.append([
      { series: "room", time, value: 21 + Math.sin(time / 5000) + Math.random() / 5 },
      { series: "garden", time, value: 9 + Math.cos(time / 9000) + Math.random() / 5 },
    ]);
  }
} catch (error) {
  if (!off.signal.aborted) throw error;
} finally {
  await server.close();
  rmSync(site, { recursive: true });
}
