import { globSync, readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";

const page = readFileSync(new URL("index.html", import.meta.url));
const bundle = new URL(".", import.meta.resolve("@plotcast/chart/live-chart.js"));
const scripts = new Map(
  globSync("{live-chart.js,live-chart/*.js}", { cwd: bundle }).map((name) => [
    `/${name}`,
    readFileSync(new URL(name, bundle)),
  ]),
);
const viewers = new Set<ServerResponse>();

// One number for everyone, once a second.
setInterval(() => {
  const sample = { time: new Date().toISOString(), value: Math.random() * 100 };
  for (const viewer of viewers) viewer.write(`data: ${JSON.stringify(sample)}\n\n`);
}, 1000);

const server = createServer((request, response) => {
  const script = scripts.get(request.url ?? "");
  if (request.url === "/chart-data") {
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-cache" });
    response.flushHeaders(); // or a viewer would not know before the first number that it is connected
    viewers.add(response);
    response.on("close", () => viewers.delete(response));
  } else if (script) {
    response.setHeader("Content-Type", "text/javascript").end(script);
  } else if (request.url === "/") {
    response.setHeader("Content-Type", "text/html").end(page);
  } else {
    response.writeHead(404).end();
  }
});

server.listen(8091, "localhost", () => console.log("open http://localhost:8091"));
