import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { pathToFileURL } from "node:url";
import { EventTimes, rowValue } from "./event-times.ts";

/* better-sse as its manual has it: `better-sse-child.ts <port> <its module>`. */
type BetterSse = {
  createChannel(): { broadcast(data: unknown): void; register(session: object): void };
  createSession(request: IncomingMessage, response: ServerResponse): Promise<object>;
};

const [port, module] = process.argv.slice(2) as [string, string];
const { createChannel, createSession } = (await import(pathToFileURL(module).href)) as BetterSse;
const channel = createChannel();
const times = new EventTimes((row, timeUs) => {
  channel.broadcast({ time: String(timeUs), value: Number(rowValue(row)) });
});

const server = createServer(async (request, response) => {
  const [path, query = ""] = request.url!.split("?");
  if (path === "/rate") {
    times.rate(Number.parseFloat(query));
    response.writeHead(204).end();
    return;
  }
  channel.register(await createSession(request, response));
});
server.listen({ port: Number(port), host: "127.0.0.1", backlog: 4096 });
