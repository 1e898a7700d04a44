import { spawnSync } from "node:child_process";
import path from "node:path";
import { setTimeout as elapsed } from "node:timers/promises";
import { count, printTable, text } from "../store/figures.ts";
import { type Scratch, withScratch } from "../store/scratch.ts";
import { flagOr, viewersOr } from "./flags.ts";
import { knowsFlag, livePath, publicationTo, startServer } from "./ours.ts";
import { cpuMs, rssBytes } from "./proc.ts";
import { onPath } from "./programs.ts";
import { startPublisher } from "./publisher.ts";
import { progress, wallMs } from "./step.ts";
import { type Protocol, startTlsLoad } from "./tls-load.ts";

/*
 * The same stream without TLS, with it, and over HTTP/2: what the ordinary path of the server costs.
 * The viewers are in Node, and few: these are for comparison with each other only.
 */
const [viewers = 300] = viewersOr([300]);
const seconds = flagOr("seconds", 10);
const perSecond = 20;

type Way = { readonly name: string; readonly tls: boolean; readonly protocol: Protocol };

const ways: readonly Way[] = [
  { name: "HTTP/1.1", tls: false, protocol: "HTTP/1.1" },
  { name: "HTTP/1.1, TLS", tls: true, protocol: "HTTP/1.1" },
  { name: "HTTP/2, TLS", tls: true, protocol: "HTTP/2" },
];

async function measure(
  scratch: Scratch,
  { name, tls, protocol }: Way,
  tlsFlags: readonly string[],
): Promise<string[]> {
  const server = await startServer(scratch, { flags: tls ? tlsFlags : [] });
  // One connection: with several, who is first is not for the publisher to say.
  const publication = publicationTo(server.url, { connections: 1 });
  const publisher = await startPublisher(scratch, publication);
  const load = startTlsLoad(scratch);
  try {
    await publisher.rate(perSecond);
    await elapsed(1_000);
    const empty = rssBytes(server.pid);
    const began = performance.now();
    const { served } = await load.ask({ open: viewers, url: `${server.url}${livePath}`, protocol });
    const openedMs = performance.now() - began;
    if (served < viewers) console.log(`${name}: only ${served} of ${viewers} viewers got in`);
    await elapsed(1_000);
    const [fromMs, cpu] = [wallMs(), cpuMs(server.pid)];
    const before = await load.ask({ window: { fromMs, toMs: fromMs + seconds * 1000 } });
    await elapsed(seconds * 1000);
    const spent = cpuMs(server.pid) - cpu;
    const { events } = await load.ask({ report: true });
    await elapsed(1_000);
    const { samples, p50, p99, wrong } = await load.ask({ report: true });
    progress(`${name}: p99 ${p99.toFixed(1)} ms`);
    return [
      name,
      text((spent * 1000) / (events - before.events)),
      text(p50),
      text(p99),
      text((100 * samples) / (perSecond * seconds * viewers)),
      count(wrong),
      text((rssBytes(server.pid) - empty) / viewers / 1024),
      text(openedMs / 1000),
    ];
  } finally {
    await load.stop();
    await publisher.stop();
    await server.stop();
  }
}

/** A key and a certificate for this run; undefined without OpenSSL. */
function certificate(scratch: Scratch): { cert: string; key: string } | undefined {
  const openssl = onPath("openssl");
  if (openssl === undefined) return undefined;
  const dir = scratch.folder("tls");
  const [cert, key] = [path.join(dir, "cert.pem"), path.join(dir, "key.pem")];
  const what = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const where = ["-days", "2", "-subj", "/CN=localhost", "-keyout", key, "-out", cert];
  return spawnSync(openssl, ["req", ...what, ...where]).status === 0 ? { cert, key } : undefined;
}

await withScratch(async (scratch) => {
  const files = knowsFlag("--tls-cert") ? certificate(scratch) : undefined;
  if (!files) console.log("TLS is not measured: this server has none, or there is no openssl");
  const flags = files ? [`--tls-cert=${files.cert}`, `--tls-key=${files.key}`] : [];
  const rows: string[][] = [];
  for (const way of ways.filter(({ tls }) => files || !tls)) {
    rows.push(await measure(scratch, way, flags));
  }
  console.log(`${count(viewers)} viewers in Node, ${perSecond} samples a second`);
  printTable(
    [
      "",
      "µs/delivery",
      "p50, ms",
      "p99, ms",
      "% came",
      "lost or twice",
      "KB/viewer",
      "s to connect all",
    ],
    rows,
  );
});
