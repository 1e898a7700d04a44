import os from "node:os";

/**
 * The addresses under which others reach a server that says `url` of itself: the same one, unless it
 * listens on all interfaces (`0.0.0.0`, `::`); then one per address of the machine, this one last.
 */
export function reachableUrls(url: string, interfaces = os.networkInterfaces()): string[] {
  const { protocol, hostname, port } = new URL(url);
  if (hostname !== "0.0.0.0" && hostname !== "[::]") return [url];
  const addresses = Object.values(interfaces)
    .flatMap((found) => found ?? [])
    // Link-local IPv6 addresses need a zone, which browsers refuse.
    .filter((found) => !found.internal && !found.address.startsWith("fe80:"))
    .filter((found) => found.family === "IPv4" || hostname === "[::]")
    .sort((a, b) => (a.family < b.family ? -1 : a.family > b.family ? 1 : 0))
    .map((found) => (found.family === "IPv6" ? `[${found.address}]` : found.address));
  return [...addresses.slice(0, maxShown - 1), "127.0.0.1"].map(
    (host) => `${protocol}//${host}${port && `:${port}`}`,
  );
}

/** A machine with many containers has an address for each; nobody reads a page of them. */
const maxShown = 4;
