import assert from "node:assert/strict";
import { test } from "node:test";
import { clientAddress, isTrustedProxy } from "./client-address.ts";

test("client address: nobody's X-Forwarded-For is believed by default", () => {
  assert.equal(clientAddress([])("::ffff:192.0.2.1", "1.2.3.4"), "192.0.2.1");
});

test("client address: a trusted proxy's is, up to the first hop that is not trusted", () => {
  const find = clientAddress(["127.0.0.1", "10.0.0.0/8", "fd00::/8"]);
  assert.equal(find("127.0.0.1", "9.9.9.9, 192.0.2.7, 10.1.2.3"), "192.0.2.7");
  assert.equal(find("fd00::1", "2001:db8::5"), "2001:db8::5");
  assert.equal(find("192.0.2.1", "9.9.9.9"), "192.0.2.1");
});

test("client address: what is no address in the header is not taken for one", () => {
  const find = clientAddress(["127.0.0.1"]);
  assert.equal(find("127.0.0.1", "9.9.9.9, <script>"), "127.0.0.1");
  assert.equal(find("127.0.0.1", undefined), "127.0.0.1");
});

test("client address: a rule that is no network is refused", () => {
  for (const rule of ["localhost", "10.0.0.0/33", "1.2.3.4/x", ""]) {
    assert.throws(() => clientAddress([rule]), /expected an address or network/, rule);
  }
});

test("client address: a trusted proxy is known by its own address", () => {
  const isTrusted = isTrustedProxy(["10.0.0.0/8"]);
  assert.deepEqual(["10.9.9.9", "11.0.0.1", "", "x"].map(isTrusted), [true, false, false, false]);
});
