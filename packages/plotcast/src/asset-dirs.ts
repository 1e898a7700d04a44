import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { PlotcastError } from "@plotcast/protocol";

const built = ["@plotcast/chart/live-chart.js", "@plotcast/dashboard/index.html"];

/** The folders of the pages that a server shows. Throws `unavailable` if they are not built. */
export function findAssetDirs(
  resolve: (name: string) => string = (name) => fileURLToPath(import.meta.resolve(name)),
  exists = existsSync,
): string[] {
  return built.map((name) => {
    const file = resolve(name);
    if (exists(file)) return path.dirname(file);
    const why = `cannot serve the pages: ${file} is missing`;
    throw new PlotcastError("unavailable", `${why}; run "npm run build"`);
  });
}
