import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeTerminal } from "./fake-terminal.ts";
import { type SendFlags, send } from "./send.ts";

/** `plotcast --to` with a server that answers request `n` with `answer(n)`. */
function sending(flags: Partial<SendFlags> = {}, answer = (_: number) => 204, fed = true) {
  const terminal = fakeTerminal(fed);
  const stop = new AbortController();
  const requests: { url: string; body: string; token: string | null }[] = [];
  const requested = Promise.withResolvers<void>();
  const fetch = async (url: unknown, init: RequestInit = {}) => {
    const token = new Headers(init.headers).get("authorization");
    requests.push({ url: String(url), body: String(init.body), token });
    requested.resolve();
    const status = answer(requests.length - 1);
    return new Response(status === 204 ? null : "no entry", { status });
  };
  const end = send({ to: "http://h:1", ...flags }, terminal, stop.signal, fetch);
  const sent = () =>
    requests.flatMap(({ body }) =>
      body
        .trim()
        .split("\n")
        .map((l) => JSON.parse(l)),
    );
  return { terminal, stop, requests, requested: requested.promise, sent, end };
}

function values(sent: { series: string; value: number }[]) {
  return sent.map(({ series, value }) => `${series}=${value}`);
}

test("send: the input arrives, each sample with its name and the time at which it was read", async () => {
  const { terminal, requests, sent, end } = sending({ name: "lab", writeToken: "w" });
  const before = Date.now();
  terminal.stdin.end("temp=21.5\ntemp=22\n");
  await end;
  assert.deepEqual(values(sent()), ["lab.temp=21.5", "lab.temp=22"]);
  for (const { time } of sent()) assert.ok(time >= before && time <= Date.now() + 1);
  assert.equal(requests[0]?.url, "http://h:1/v1/samples");
  assert.equal(requests[0]?.token, "Bearer w");
  assert.equal(terminal.said(), "");
});

test("send: a header line holds for all that comes after it, in whatever request", async () => {
  const { terminal, requests, sent, end, requested } = sending();
  terminal.stdin.write("a,b\n1,2\n");
  await requested;
  terminal.stdin.end("3,4\n");
  await end;
  assert.equal(requests.length, 2);
  assert.deepEqual(values(sent()), ["a=1", "b=2", "a=3", "b=4"]);
});

test("send: with --tee the input is passed on", async () => {
  const { terminal, sent, end } = sending({ tee: true });
  terminal.stdin.end("x 1\ny\n");
  await end;
  assert.equal(terminal.printed(), "x 1\ny\n");
  assert.equal(sent().length, 1);
});

test("send: the token of a copied address is used", async () => {
  const { terminal, requests, end } = sending({ to: "h:1/?token=t" });
  terminal.stdin.end("1\n");
  await end;
  assert.equal(requests[0]?.token, "Bearer t");
});

test("send: a refusal ends it while the input goes on", async () => {
  const { terminal, end } = sending({}, () => 401);
  terminal.stdin.write("1\n");
  await assert.rejects(end, {
    code: "unauthorized",
    message: /^cannot feed http:\/\/h:1\/: no entry/,
  });
  assert.equal(terminal.stdin.destroyed, true);
});

test("send: a rejection is told, the rest is sent, and the end says so", async () => {
  const { terminal, requests, end, requested } = sending({}, (n) => (n === 0 ? 400 : 204));
  terminal.stdin.write("1\n");
  await requested;
  terminal.stdin.end("2\n");
  await assert.rejects(end, { code: "forbidden" });
  assert.equal(requests.length, 2);
  assert.equal(terminal.said(), "plotcast: no entry\n");
});

test("send: the signal ends the input, and the whole lines of it are delivered", async () => {
  const { terminal, stop, sent, end, requested } = sending();
  terminal.stdin.write("temp=1\ntemp=23.");
  await requested;
  stop.abort();
  await end;
  assert.deepEqual(values(sent()), ["temp=1"]);
});

test("send: without input, or with a name or an address that is none, it does not begin", async () => {
  const message = "--to: expected something piped in, found nothing";
  await assert.rejects(sending({}, undefined, false).end, { code: "bad-input", message });
  await assert.rejects(sending({ name: "{" }).end, { code: "bad-input", message: /^--name: / });
  await assert.rejects(sending({ to: "ftp://h" }).end, { code: "bad-input", message: /^--to: / });
});
