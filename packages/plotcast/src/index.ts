// `import … from "plotcast"`: the parts of Plotcast that a Node program uses.

export { type Change, type FollowOptions, follow, type Status } from "@plotcast/client";
export { type ErrorCode, PlotcastError, type Sample } from "@plotcast/protocol";
export { defaultOptions, type Server, type ServerOptions, startServer } from "@plotcast/server";
export { findAssetDirs } from "./asset-dirs.ts";
