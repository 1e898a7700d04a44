import type { Server } from "node:net";

/** What listens, and how its connections are ended; it depends on what is spoken there. */
export type PortServer = {
  readonly server: Server;
  closeIdle(): void;
  closeAll(): void;
};
