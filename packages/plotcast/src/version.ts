import { readFileSync } from "node:fs";

type Manifest = { readonly version: string; readonly bugs?: { readonly url?: string } };

const manifest: Manifest = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
);

export const version = manifest.version;

/** Where a mistake of ours is to be reported. */
export const reportTo = manifest.bugs?.url ?? "its maintainers";
