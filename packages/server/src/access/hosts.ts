import { isIP } from "node:net";

/** Whether an address or a host name can only mean this very machine. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  if (name === "localhost" || name.endsWith(".localhost")) return true;
  if (isIP(name) === 4) return name.startsWith("127.");
  return name === "::1" || name === "0:0:0:0:0:0:0:1";
}

/** The host name of a `Host` header or an origin, without the port; undefined if it is none. */
export function hostName(text: string): string | undefined {
  const url = URL.parse(text.includes("://") ? text : `http://${text}`);
  return url?.hostname.toLowerCase().replace(/^\[(.*)\]$|\.$/, "$1");
}
