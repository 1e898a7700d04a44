export * from "./errors.ts";
export * from "./frame.ts";
export * from "./limits.ts";
export * from "./position.ts";
export * from "./sample.ts";
export * from "./selection.ts";
export * from "./series.ts";
export * from "./sse.ts";
