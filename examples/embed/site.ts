import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const page = readFileSync(new URL("index.html", import.meta.url));
let requests = 0;

const site = createServer((_request, response) => {
  requests++;
  response.setHeader("Content-Type", "text/html").end(page);
});

// Standard output is for numbers.
site.listen(8090, "localhost", () => console.error("open http://localhost:8090"));

setInterval(() => {
  console.log(`requests=${requests}`);
  requests = 0;
}, 1000);
