export { defaultOptions, type ServerOptions } from "./config.ts";
export { type Server, startServer } from "./server.ts";
