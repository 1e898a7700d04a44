import { follow } from "@plotcast/client";

const off = new AbortController();
process.once("SIGINT", () => off.abort());

const changes = follow({
  url: "http://localhost:8080/v1/stream",
  series: process.argv.slice(2),
  span: "10s",
  signal: off.signal,
});

for await (const change of changes) {
  switch (change.type) {
    case "history":
    case "samples":
      for (const [series, { times, values }] of change.columns) {
        for (const [index, time] of times.entries()) {
          console.log(new Date(time).toISOString(), series, values[index]);
        }
      }
      break;
    case "gap":
    case "reset":
      console.error(`samples may be missing: ${change.reason}`);
      break;
    case "status":
      console.error(change.status.state, "reason" in change.status ? change.status.reason : "");
      break;
  }
}
