export { isLoopback } from "./access/hosts.ts";
export { checkData } from "./check.ts";
export { defaultOptions, dividedBytes, type Keep, type ServerOptions } from "./config.ts";
export { type IngestOptions, type IngestSummary, ingestText } from "./ingest/text.ts";
export { type Server, startServer } from "./server.ts";
