import assert from "node:assert/strict";
import { test } from "node:test";
import { addressKey } from "./address-key.ts";

function same(addresses: string[], key: string) {
  for (const address of addresses) assert.equal(addressKey(address), key, address);
}

test("address key: IPv6 by its first 64 bits, however it is written", () => {
  same(
    [
      "2001:db8:0:7::1",
      "2001:0DB8::7:0:0:0:2",
      "2001:db8:0:7:ffff:ffff:ffff:ffff",
      "2001:db8:0:7::192.0.2.1",
      "2001:db8:0:7:1::%eth0",
    ],
    "2001:db8:0:7",
  );
  same(["2001:db8:0:8::1"], "2001:db8:0:8");
  same(["::1", "::", "0:0:0:0:1:2:3:4"], "0:0:0:0");
  same(["1::2:3:4:5:6:7"], "1:0:2:3");
  same(["1:2:3::"], "1:2:3:0");
  same(["fe80::1%eth0", "fe80::2"], "fe80:0:0:0");
});

test("address key: IPv4 as it is, in IPv6 clothes too", () => {
  same(
    [
      "192.0.2.1",
      "::ffff:192.0.2.1",
      "::FFFF:c000:201",
      "0:0:0:0:0:ffff:c000:0201",
      "::ffff:192.0.2.1%eth0",
      "::ffff:c000:201%eth0",
    ],
    "192.0.2.1",
  );
  same(["::ffff:0:192.0.2.1", "::1:ffff:c000:201", "::192.0.2.1"], "0:0:0:0");
});

test("address key: what is no address has one key", () => {
  same(["", "unknown", "1.2.3", "1:2", "a%b", "%"], "");
});
