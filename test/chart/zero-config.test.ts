import assert from "node:assert/strict";
import { test } from "node:test";
import { browserNames, openBrowser } from "../browsers.ts";
import { inkOf } from "../ink.ts";
import { eventText, Feed, openSite } from "./site.ts";
import { detailsOf, openCharts, put, seen, shows } from "./whole-chart.ts";

/*
 * What an address is enough for: whatever an endpoint sends is drawn, and what that was taken for can
 * be read, and told otherwise.
 */

/** Twenty moments, a second apart, the last of them just now; in whole seconds. */
function moments(): number[] {
  const now = Math.floor(Date.now() / 1000) * 1000;
  return Array.from({ length: 20 }, (_, i) => now - (19 - i) * 1000);
}

/** One event for each of them. */
function events(make: (time: number, i: number) => unknown, event?: string): () => string {
  return () =>
    moments()
      .map((time, i) => eventText(make(time, i), event))
      .join("");
}

/** As the tutorial writes it: without a zone, in whole seconds. */
function python(time: number, zoneHours = 0): string {
  const there = new Date(time + zoneHours * 3600e3).toISOString();
  return there.slice(0, 19).replace("T", " ");
}

const named = () =>
  events((time, i) => ({ ts: time, user: i, system: 2 * i }), "cpu")() +
  events((time, i) => ({ ts: time, free: 1000 - i }), "memory")();

const feeds: Record<string, Feed> = {
  "/chart-data": new Feed(events((time, i) => ({ time: python(time), value: i / 2 }))),
  "/named": new Feed(named),
  "/arrays": new Feed(
    () =>
      eventText(moments().map((time, i) => ({ timestamp: time / 1000, a: i }))) +
      eventText([1, 2, 3]),
  ),
  "/fields": new Feed(
    events((time, i) => ({
      time: new Date(time).toISOString(),
      temp_c: 20 + i,
      humidity_pct: "80",
      ok: true,
    })),
  ),
  "/no-time": new Feed(eventText({ value: 1 }) + eventText({ value: 2 })),
  "/odd": new Feed(
    () =>
      events((time, i) => ({ when: python(time, 9), time: 7, a: { b: i }, c: 5 }), "good")() +
      events((time, i) => ({ when: python(time, 9), a: { b: -i } }), "other")(),
  ),
};

for (const name of browserNames) {
  test(`${name}: an address is enough for whatever sends JSON, and every guess can be read`, async (t) => {
    const browser = await openBrowser(t, name);
    if (!browser) return;
    let asked = 0;
    let at = 0;
    const a = new Feed(events((time, i) => ({ time, value: i })));
    const b = new Feed(events((time, i) => ({ time, value: -i })));
    const site = await openSite(t, {
      ...Object.fromEntries(Object.entries(feeds).map(([path, { handle }]) => [path, handle])),
      "/now.json": (_, response) => {
        asked++;
        at = Math.max(at + 1, Date.now());
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ time: at, load: asked }));
      },
      "/a": a.handle,
      "/b": b.handle,
    });
    const page = await openCharts(t, browser, site);

    await t.test("the tutorial's endpoint", async () => {
      await put(page, '<live-chart src="/chart-data" title="Tutorial"></live-chart>');
      const { columns, notes } = await shows(
        page,
        "its samples",
        (it) => it.columns[0]?.length === 20,
      );
      assert.deepEqual(
        columns[0]!.map(([, value]) => value),
        Array.from({ length: 20 }, (_, i) => i / 2),
      );
      assert.deepEqual(notes, []);
      const last = columns[0]!.at(-1)![0];
      assert.ok(Math.abs(Date.now() - last) < 60_000, `${new Date(last)} is not now`);
      const { message } = await seen(page, "to be live", ({ chip }) => chip === "Live");
      assert.equal(message, "");
      assert.ok((await inkOf(page)) > 100);
      const details = await detailsOf(page);
      for (const guess of [
        /time field\s+time \(guessed; time-field="…" says otherwise\)/,
        /time format\s+iso \(guessed; time-format="…"/,
        /time zone\s+\S+ \(guessed; source-zone="…"/,
        /value fields\s+value \(guessed; fields="…"/,
        /cadence\s+every 1 s \(guessed\)/,
      ]) {
        assert.match(details, guess);
      }
    });

    await t.test("events with names", async () => {
      await put(page, '<live-chart src="/named"></live-chart>');
      const { names } = await shows(
        page,
        "all series",
        (it) => it.columns.at(-1)?.length === 20 && it.names.length === 3,
      );
      assert.deepEqual(names, ["cpu.user", "cpu.system", "memory.free"]);
      const details = await detailsOf(page);
      assert.match(details, /events\s+cpu, memory \(guessed; events="…"/);
      assert.match(details, /time format\s+unix-ms \(guessed/);
    });

    await t.test("arrays, of objects and of numbers", async () => {
      await put(page, '<live-chart src="/arrays"></live-chart>');
      const { names, columns } = await shows(page, "all series", (it) => it.names.length === 4);
      assert.deepEqual(names, ["a", "value.0", "value.1", "value.2"]);
      assert.deepEqual(
        columns.map((column) => column.length),
        [20, 1, 1, 1],
      );
      assert.match(await detailsOf(page), /time format\s+unix-s, arrival \(guessed/);
    });

    await t.test("several numbers in one event, with a unit in a name", async () => {
      await put(page, '<live-chart src="/fields"></live-chart>');
      const { names, columns } = await shows(
        page,
        "both series",
        (it) => it.columns[1]?.length === 20,
      );
      assert.deepEqual(names, ["temp_c (°C)", "humidity_pct (%)"]);
      assert.deepEqual(columns[1]![0]![1], 80);
      assert.match(await detailsOf(page), /unit\s+°C \(temp_c\).*guessed; unit="…"/);
    });

    await t.test("no time at all", async () => {
      await put(page, '<live-chart src="/no-time"></live-chart>');
      const { columns } = await shows(page, "both samples", (it) => it.columns[0]?.length === 2);
      assert.ok(Math.abs(Date.now() - columns[0]![1]![0]) < 60_000);
      const { hint } = await seen(page, "to be live", ({ chip }) => chip === "Live");
      assert.match(hint, /no time is sent: the time of arrival is taken/);
      const details = await detailsOf(page);
      assert.match(details, /time format\s+arrival \(guessed/);
      assert.match(details, /no time is sent: the time of arrival is taken/);
    });

    await t.test("attributes say otherwise", async () => {
      await put(
        page,
        `<live-chart src="/odd" time-field="when" time-format="iso" source-zone="Asia/Tokyo"
          fields="a.b" events="good" unit="hPa"></live-chart>`,
      );
      const { names, columns } = await shows(
        page,
        "its samples",
        (it) => it.columns[0]?.length === 20,
      );
      assert.deepEqual(
        names.map((it) => it.replace(/ \(.*/, "")),
        ["good.a.b"],
      );
      assert.deepEqual(
        columns[0]!.map(([, value]) => value),
        Array.from({ length: 20 }, (_, i) => i),
      );
      assert.ok(Math.abs(Date.now() - columns[0]!.at(-1)![0]) < 60_000, "Tokyo's time is known");
      const { legend } = await seen(page, "its unit", (it) => it.legend.includes("hPa"));
      assert.match(legend, /19/);
      const details = await detailsOf(page);
      for (const told of [
        /time field\s+when \(told/,
        /time format\s+iso \(told/,
        /time zone\s+Asia\/Tokyo \(told/,
        /value fields\s+a\.b \(told/,
        /events\s+good \(told/,
        /unit\s+hPa \(told/,
      ]) {
        assert.match(details, told);
      }
    });

    await t.test("an attribute that cannot be understood is said, and done without", async () => {
      await put(page, '<live-chart src="/odd" time-format="julian" poll="soon"></live-chart>');
      const { note, message } = await seen(page, "the problem", (it) =>
        (it.note + it.message).includes("not understood"),
      );
      assert.match(note + message, /time-format=.*julian/);
    });

    await t.test("a JSON address with poll", async () => {
      await put(page, '<live-chart src="/now.json" poll="200ms"></live-chart>');
      const { columns, names } = await shows(
        page,
        "some answers",
        (it) => Number(it.columns[0]?.length) > 5,
      );
      assert.deepEqual(names, ["load"]);
      const values = columns[0]!.map(([, value]) => value);
      assert.deepEqual(
        values,
        values.map((_, i) => values[0]! + i),
        "each answer once",
      );
      await seen(page, "to be live", ({ chip }) => chip === "Live");
      await put(page, "");
      const before = asked;
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 600)));
      assert.ok(asked <= before + 1, "nobody asks for a chart that is gone");
    });

    await t.test("several addresses in src, and in <live-series>", async () => {
      for (const html of [
        '<live-chart src="/a /b"></live-chart>',
        '<live-chart src="/a"><live-series src="/b"></live-series></live-chart>',
      ]) {
        await put(page, html);
        const { names, columns } = await shows(page, "both", (it) => it.columns[1]?.length === 20);
        assert.deepEqual(names, ["a.value", "b.value"], html);
        assert.equal(columns[1]!.at(-1)![1], -19);
        const { legend } = await seen(page, "a legend", (it) => it.legend.includes("b.value"));
        assert.match(legend, /a\.value/);
      }
    });

    await t.test("one of several that is gone is named", async () => {
      await put(page, '<live-chart src="/a /b"></live-chart>');
      await shows(page, "both", (it) => it.columns[1]?.length === 20);
      b.down = true;
      b.cut();
      const { chip } = await seen(page, "the one that is gone", (it) =>
        it.chip.startsWith("b: Reconnecting"),
      );
      assert.doesNotMatch(chip, /a:/);
      a.send({ time: Date.now(), value: 100 });
      await shows(page, "the other to go on", (it) => it.columns[0]!.at(-1)?.[1] === 100);
      b.down = false;
    });
  });
}
