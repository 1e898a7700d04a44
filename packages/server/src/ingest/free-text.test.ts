import assert from "node:assert/strict";
import { test } from "node:test";
import { read } from "./format-contract.ts";

function reads(text: string, ...samples: string[]) {
  assert.deepEqual(read(text, { loose: true }), { samples, rejected: [] }, text);
}

test("free text: the pairs of ping are taken, and its words and statistics are not", () => {
  const text = `PING 127.0.0.1 (127.0.0.1) 56(84) bytes of data.
64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=0.045 ms
64 bytes from localhost (127.0.0.1): icmp_seq=2 ttl=64 time=0.05 ms

--- 127.0.0.1 ping statistics ---
2 packets transmitted, 2 received, 0% packet loss, time 201ms
rtt min/avg/max/mdev = 0.036/0.038/0.041/0.002 ms
`;
  reads(text, "icmp_seq=1", "ttl=64", "time=0.045", "icmp_seq=2", "ttl=64", "time=0.05");
});

test("free text: without pairs the numbers of a line are numbered, and one alone is the value", () => {
  reads("temperature is 21.4°C now", "value=21.4");
  reads("load average: 0.52, 0.58, 0.59", "c1=0.52", "c2=0.58", "c3=0.59");
  assert.deepEqual(read("it is 5", { loose: true, prefix: "p" }).samples, ["p=5"]);
});

test("free text: addresses, clocks, versions and words with digits are no numbers", () => {
  reads("12:30:05 host1 10.0.0.1 v1.2.3 0x1f sda1 3/4 #5 [main]");
});

test("free text: brackets and punctuation around a number are not part of it", () => {
  reads("(5) [6] <7>: '8', \"9\".", "c1=5", "c2=6", "c3=7", "c4=8", "c5=9");
  reads("done (cpu=5, mem=6).", "cpu=5", "mem=6");
});

test("free text: a line may begin with its time", () => {
  const noon = Date.UTC(2026, 0, 31, 12);
  reads("2026-01-31T12:00:00Z temp is 5", `value=5 @${noon}`);
  reads("[2026-01-31 12:00:00Z] temp is 5", `value=5 @${noon}`);
  reads("time=2026-01-31T12:00:00Z level=info cpu=5", `cpu=5 @${noon}`);
});

test("free text: JSON between other lines is JSON", () => {
  reads('starting up\n{"cpu":5,"msg":"x"}\nstopping\n{"cpu":6}', "cpu=5", "cpu=6");
  reads('{"cpu":5}\nstopping 6\n{"cpu":7}', "cpu=5", "cpu=7");
});

test("free text: a log line that begins with a bracket is no JSON", () => {
  reads("[12:30:00] temp 5\n[main] temp 6", "value=5", "value=6");
  reads("[1,2]", "value=1", "value=2");
});

test("free text: tables of blanks and of commas are tables", () => {
  reads("a b\n1 2\na b\n3 4", "a=1", "b=2", "a=3", "b=4");
  reads("a,b\n1,2", "a=1", "b=2");
  reads("time;b\n1600000000;2", "b=2 @1600000000000");
  reads("1,2\n3,4", "c1=1", "c2=2", "c1=3", "c2=4");
});

test("free text: commas in a sentence make no table", () => {
  reads("Hello, world\nall is well, nearly\n5 of 6", "c1=5", "c2=6");
  reads("Hello, world");
});

test("free text: lines without a number are passed over, however odd they are", () => {
  for (const text of [
    "hello",
    "a=b",
    "=",
    "a=",
    "cpu=NaN",
    "cpu=Infinity",
    "1e999",
    "{cpu:one}",
    "[ok]",
    "---",
    "a,b\nc,d",
    "a;b",
    '"',
    '"unclosed',
    "time=now",
    "{{{{",
    "\\",
    "\u001b[32mok\u001b[0m",
    "ünïcödé ✓ 🌡️",
  ]) {
    reads(`value=1\n${text}\nvalue=2`, "value=1", "value=2");
    reads(text);
  }
  reads("value=1\n{\nvalue=2\n{}x\nvalue=3", "value=1", "value=2", "value=3");
});

test("free text: what is wrong in a format that is clear is refused as elsewhere", () => {
  const rejected = (text: string) => read(text, { loose: true }).rejected;
  assert.deepEqual(rejected("a,b\n1,2\n3,n/a"), ['line 3: expected a number for "b", found "n/a"']);
  assert.deepEqual(rejected('{"cpu":5}\n{"cpu":'), [
    'line 2: expected the rest of "{\\"cpu\\":", found the end',
  ]);
  assert.deepEqual(rejected('{"cpu":"n/a"}'), ['line 1: expected a number for "cpu", found "n/a"']);
  assert.deepEqual(rejected("a b\n1 2\n3 n/a\n4 5"), [
    'line 3: expected a number for "b", found "n/a"',
  ]);
});
