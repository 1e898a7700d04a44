import { createServer, type ServerResponse } from "node:http";
import { EventTimes, eventText } from "./event-times.ts";

/*
 * What one writes first: `naive-child.ts <port> [<how many events are replayed to who comes>]`.
 * Every event is one string for everybody.
 */
const [port, history] = process.argv.slice(2).map(Number) as [number, number?];
const viewers = new Set<ServerResponse>();
const latest: string[] = [];

const times = new EventTimes((row, timeUs) => {
  const text = `data:${eventText(row, timeUs)}\n\n`;
  if (history && latest.push(text) > history) latest.shift();
  for (const viewer of viewers) viewer.write(text);
});

const server = createServer((request, response) => {
  const [path, query = ""] = request.url!.split("?");
  if (path === "/rate") {
    times.rate(Number.parseFloat(query));
    response.writeHead(204).end();
    return;
  }
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-cache" });
  response.flushHeaders();
  if (latest.length > 0) response.write(latest.join(""));
  viewers.add(response);
  response.on("close", () => viewers.delete(response));
});
server.listen({ port, host: "127.0.0.1", backlog: 4096 });
