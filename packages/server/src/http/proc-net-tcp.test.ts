import assert from "node:assert/strict";
import { endianness } from "node:os";
import { test } from "node:test";
import { eachSocket, type PeerKey, peerKey } from "./proc-net-tcp.ts";

const isLittle = endianness() === "LE";

// Rows as Linux prints them on little-endian machines; the tests of addresses hold there only.
const tcp = [
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
  "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1 1 0",
  "   1: 0100007F:1F90 0100007F:D431 01 0000A0B1:00000000 01:00000014 00000000  1000        0 2 1 0",
  "   2: 0100007F:D431 0100007F:1F90 01 00000000:00000999 00:00000000 00000000  1000        0 3 1 0",
  "12345: 0700000A:1F90 0900000A:0050 01 7FFFFFFF:00000000 01:00000014 00000000  1000        0 4 1 0",
].map((line) => line.padEnd(149));
const tcp6 = [
  "  sl  local_address                         remote_address                        st tx_queue …",
  "   0: 0000000000000000FFFF00000100007F:1F90 0000000000000000FFFF00000100007F:D431 01 00000010:00000000 00:00000000 00000000",
  "   1: 00000000000000000000000001000000:1F90 B80D01200000000000000000EFCDAB00:0051 01 00000020:00000000 00:00000000 00000000",
];

function rows(text: string, port = 8080): [PeerKey, number][] {
  const found: [PeerKey, number][] = [];
  const bytes = Buffer.from(text);
  eachSocket(bytes, bytes.length, port, (peer, queued) => found.push([peer, queued]));
  return found;
}

test("proc net tcp: each row of our port tells its peer and what that has not taken", {
  skip: !isLittle,
}, () => {
  assert.deepEqual(rows(`${tcp.join("\n")}\n`), [
    [peerKey("0.0.0.0", 0), 0],
    [peerKey("127.0.0.1", 0xd431), 0xa0b1],
    [peerKey("10.0.0.9", 80), 0x7fffffff],
  ]);
  assert.deepEqual(rows(`${tcp.join("\n")}\n`, 80), []);
});

test("proc net tcp: IPv6 peers too, and IPv4 ones among them as what they are", {
  skip: !isLittle,
}, () => {
  assert.deepEqual(rows(`${tcp6.join("\n")}\n`), [
    [peerKey("127.0.0.1", 0xd431), 16],
    [peerKey("2001:db8::ab:cdef", 0x51), 32],
  ]);
});

test("proc net tcp: each peer has its own key, whoever came before it", () => {
  const peers = [
    ["127.0.0.1", 1],
    ["127.0.0.1", 2],
    ["nowhere", 1],
    ["2001:db8::1", 1],
    ["2001:db8::1", 2],
    ["10.0.0.9", 1],
  ] as const;
  const keys = peers.map(([address, port]) => peerKey(address, port));
  assert.equal(new Set(keys).size, peers.length);
  assert.equal(keys[2], undefined);
  assert.deepEqual(
    peers.toReversed().map(([address, port]) => peerKey(address, port)),
    keys.toReversed(),
  );
});

test("proc net tcp: a table that comes in pieces is the same table", () => {
  const bytes = Buffer.from(`${tcp.join("\n")}\n`);
  const whole = rows(bytes.toString());
  for (const size of [1, 7, 100, 150, 151, 400]) {
    const found: [PeerKey, number][] = [];
    let rest = Buffer.alloc(0);
    for (let from = 0; from < bytes.length; from += size) {
      rest = Buffer.concat([rest, bytes.subarray(from, from + size)]);
      const used = eachSocket(rest, rest.length, 8080, (peer, queued) =>
        found.push([peer, queued]),
      );
      rest = rest.subarray(used);
    }
    assert.deepEqual(found, whole);
    assert.equal(rest.length, 0);
  }
});

test("proc net tcp: bytes beyond the length count for nothing", () => {
  const bytes = Buffer.from(`${tcp.join("\n")}\n`);
  const found: number[] = [];
  const used = eachSocket(bytes, 460, 8080, (_, queued) => found.push(queued));
  assert.equal(used, 450);
  assert.equal(found.length, 2);
});

test("proc net tcp: an address has one key, however it is written", () => {
  assert.equal(peerKey("::ffff:10.0.0.7", 80), peerKey("10.0.0.7", 80));
  assert.equal(peerKey("::FFFF:10.0.0.7", 80), peerKey("10.0.0.7", 80));
  assert.equal(peerKey("fe80::1%eth0", 80), peerKey("fe80:0:0:0:0:0:0:1", 80));
  assert.equal(peerKey("::", 80), peerKey("0:0:0:0:0:0:0:0", 80));
  const all = [
    "10.0.0.7",
    "10.0.0.8",
    "7.0.0.10",
    "255.255.255.255",
    "0.0.0.0",
    "::1",
    "1::",
    "::",
  ];
  const keys = all.flatMap((address) => [peerKey(address, 1), peerKey(address, 65_535)]);
  assert.equal(new Set(keys).size, keys.length);
});

test("proc net tcp: what is no address has no key", () => {
  for (const text of ["", "localhost", "1:2", "1::2::3", ":::", "12345::"])
    assert.equal(peerKey(text, 1), undefined, text);
});

test("proc net tcp: lines that are none are passed over", () => {
  assert.deepEqual(rows("\n\n:\n  1: 0100007F:1F90\nnonsense\n"), []);
});
