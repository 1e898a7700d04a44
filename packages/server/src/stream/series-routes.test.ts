import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeServer } from "./fake-server.ts";

const t = Date.UTC(2026, 0, 31, 12);

function start() {
  const server = fakeServer();
  const tell = (body: unknown) =>
    server.app.request("/v1/series", {
      method: "PUT",
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  const list = async (query = "") =>
    JSON.parse(await (await server.get(`/v1/series${query}`)).text());
  return { ...server, tell, list };
}

test("series: each with its name, its labels and the times of its first and last sample", async () => {
  const { put, list } = start();
  await put(
    { series: 'cpu{host="a"}', time: t + 0.5, value: 1 },
    { series: 'cpu{host="a"}', time: t + 1000, value: 1 },
    { series: "mem", time: t, value: null },
  );
  const mem = "2026-01-31T12:00:00.000Z";
  assert.deepEqual(await list(), {
    series: [
      {
        series: 'cpu{host="a"}',
        name: "cpu",
        labels: { host: "a" },
        first: "2026-01-31T12:00:00.000500Z",
        last: "2026-01-31T12:00:01.000Z",
      },
      { series: "mem", name: "mem", labels: {}, first: mem, last: mem },
    ],
  });
  assert.deepEqual(
    (await list("?series=c*")).series.map(({ name }: { name: string }) => name),
    ["cpu"],
  );
});

test("series: thousands are one list", async () => {
  const { put, list } = start();
  const names = Array.from({ length: 1201 }, (_, i) => `s${i}`);
  await put(...names.map((series) => ({ series, time: t, value: 1 })));
  const { series } = await list();
  assert.deepEqual(
    series.map(({ name }: { name: string }) => name),
    names,
  );
});

test("series: what is told of one is known from then on, and what is not told stays", async () => {
  const { put, tell, list } = start();
  await put({ series: 'temp{room="1"}', time: t, value: 1 });
  const series = 'temp{ room = "1" }';
  assert.equal((await tell({ series, unit: "°C", kind: "gauge" })).status, 204);
  assert.equal((await tell({ series, decimals: 1 })).status, 204);
  const [{ unit, kind, decimals }] = (await list()).series;
  assert.deepEqual([unit, kind, decimals], ["°C", "gauge", 1]);
});

test("series: one that is not there cannot be described", async () => {
  const { tell } = start();
  const response = await tell({ series: "temp", unit: "°C" });
  assert.equal(response.status, 404);
  assert.equal(
    await response.text(),
    'cannot describe "temp": there is no such series; send a sample of it first\n',
  );
});

test("series: what is told wrongly is refused with what was expected and what was found", async () => {
  const { put, tell, list } = start();
  await put({ series: "temp", time: t, value: 1 });
  const refuses = async (body: unknown, status: number, sentence: RegExp) => {
    const response = await tell(body);
    assert.equal(response.status, status, JSON.stringify(body));
    assert.match(await response.text(), sentence);
  };
  const series = "temp";
  await refuses("unit=C", 400, /expected a JSON object such as \{/);
  await refuses("[]", 400, /expected a JSON object/);
  await refuses({ unit: "C" }, 400, /the name of a series for "series", found nothing/);
  await refuses({ series: "temp{" }, 400, /expected unit, kind or decimals/);
  await refuses({ series: "temp{", unit: "C" }, 400, /expected "}" at the end/);
  await refuses({ series }, 400, /expected unit, kind or decimals, found none/);
  await refuses({ series, units: "C" }, 400, /only series, unit, kind and decimals, found "units"/);
  await refuses(
    { series, unit: "x".repeat(33) },
    400,
    /at most 32 printable characters for "unit"/,
  );
  for (const unit of ["a\nb", "\u202e", "\ud800", 7, null])
    await refuses({ series, unit }, 400, /"unit"/);
  await refuses({ series, kind: "rate" }, 400, /gauge or counter for "kind", found "rate"/);
  for (const decimals of [-1, 10, 1.5, "1", null]) {
    await refuses({ series, decimals }, 400, /a whole number from 0 to 9 for "decimals"/);
  }
  await refuses(" ".repeat(20_000), 413, /at most 16384 bytes/);
  assert.equal((await list()).series[0].unit, undefined);
});
