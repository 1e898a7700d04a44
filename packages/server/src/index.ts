export { isLoopback } from "./access/hosts.ts";
export { checkData } from "./check.ts";
export { defaultOptions, dividedBytes, type ServerOptions } from "./config.ts";
export { type IngestOptions, type IngestSummary, ingestText } from "./ingest/text.ts";
export { type SampleBlock, samplesOf } from "./log/sample-block.ts";
export { type Server, startServer } from "./server.ts";
export type { Keep } from "./store/store.ts";
