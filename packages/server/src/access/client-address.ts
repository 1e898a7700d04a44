import { BlockList, isIP } from "node:net";
import { PlotcastError } from "@plotcast/protocol";

/**
 * Finds the address a request came from: the socket's, or the last one in `X-Forwarded-For` that is
 * not a trusted proxy's. Anyone can write that header, so it counts only when a proxy we trust sent it.
 *
 * `trusted` are addresses or networks such as `10.0.0.0/8`. Throws `bad-input` for anything else.
 */
export function clientAddress(
  trusted: readonly string[],
): (socketAddress: string, forwardedFor: string | undefined) => string {
  const isTrusted = isTrustedProxy(trusted);
  return (socketAddress, forwardedFor) => {
    let address = plain(socketAddress);
    if (forwardedFor === undefined) return address;
    for (const hop of forwardedFor.split(",").reverse()) {
      if (!isTrusted(address) || isIP(plain(hop)) === 0) break;
      address = plain(hop);
    }
    return address;
  };
}

/** Whether an address is one of those, or in one of those networks. */
export function isTrustedProxy(trusted: readonly string[]): (address: string) => boolean {
  const proxies = new BlockList();
  for (const text of trusted) addRule(proxies, text);
  if (trusted.length === 0) return () => false;
  return (address) => {
    const family = isIP(address);
    return family !== 0 && proxies.check(address, family === 6 ? "ipv6" : "ipv4");
  };
}

/** `::ffff:127.0.0.1`, which a dual-stack socket reports, is the IPv4 address that people know. */
function plain(address: string): string {
  return address.trim().replace(/^::ffff:(?=\d+\.)/i, "");
}

function addRule(proxies: BlockList, text: string): void {
  const [address = "", prefix] = text.split("/");
  const family = isIP(address);
  const bits = prefix === undefined ? (family === 6 ? 128 : 32) : Number(prefix);
  if (family === 0 || !Number.isInteger(bits) || bits < 0 || bits > (family === 6 ? 128 : 32)) {
    throw new PlotcastError(
      "bad-input",
      `expected an address or network such as 10.0.0.0/8 as trusted proxy, found ${JSON.stringify(text)}`,
    );
  }
  proxies.addSubnet(address, bits, family === 6 ? "ipv6" : "ipv4");
}
