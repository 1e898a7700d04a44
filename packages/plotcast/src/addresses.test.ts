import assert from "node:assert/strict";
import type { NetworkInterfaceInfo } from "node:os";
import { test } from "node:test";
import { reachableUrls } from "./addresses.ts";

function address(family: "IPv4" | "IPv6", text: string, internal = false): NetworkInterfaceInfo {
  const rest = { netmask: "", mac: "", cidr: null, internal, address: text };
  return family === "IPv4" ? { family, ...rest } : { family, scopeid: 0, ...rest };
}

const interfaces = {
  lo: [address("IPv4", "127.0.0.1", true), address("IPv6", "::1", true)],
  eth0: [address("IPv6", "fe80::1"), address("IPv6", "2001:db8::7"), address("IPv4", "10.0.0.7")],
};

test("addresses: a server on one address is reached there", () => {
  assert.deepEqual(reachableUrls("http://10.0.0.7:8080", interfaces), ["http://10.0.0.7:8080"]);
});

test("addresses: a server on all interfaces is reached at each of them", () => {
  assert.deepEqual(reachableUrls("http://0.0.0.0:8080", interfaces), [
    "http://10.0.0.7:8080",
    "http://127.0.0.1:8080",
  ]);
  assert.deepEqual(reachableUrls("http://[::]:80", interfaces), [
    "http://10.0.0.7",
    "http://[2001:db8::7]",
    "http://127.0.0.1",
  ]);
});

test("addresses: a machine with many addresses shows a few, its own among them", () => {
  const many = { docker: Array.from({ length: 20 }, (_, i) => address("IPv4", `172.17.0.${i}`)) };
  const urls = reachableUrls("http://0.0.0.0:8080", many);
  assert.equal(urls.length, 4);
  assert.equal(urls.at(-1), "http://127.0.0.1:8080");
});
