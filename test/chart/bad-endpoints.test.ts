import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { test } from "node:test";
import { browserNames, openBrowser } from "../browsers.ts";
import { inkOf } from "../ink.ts";
import { eventText, Feed, listen, openSite } from "./site.ts";
import { detailsOf, openCharts, put, type Seen, see, seen, shows } from "./whole-chart.ts";

/* Whatever is at an address: the chart says what it found and what to do, and the page lives on. */

const sse = { "content-type": "text/event-stream" };
const evil = `<img src=x onerror="document.title='gone'">`;

function answer(status: number, headers: Record<string, string>, body = ""): RequestListener {
  return (_, response) => response.writeHead(status, headers).end(body);
}

/** What is asked for, and what a reader is told of it. */
const refusals: readonly {
  readonly what: string;
  readonly src: string;
  readonly chip: RegExp;
  readonly message: RegExp;
}[] = [
  {
    what: "a page instead of a stream",
    src: "/html",
    chip: /^Reconnecting/,
    message:
      /Cannot reach the stream.*found "text\/html"; is this a page, perhaps for logging in\?/,
  },
  {
    what: "JSON instead of a stream",
    src: "/json",
    chip: /^Reconnecting/,
    message: /to ask for it again and again, add poll="5s"/,
  },
  {
    what: "401",
    src: "/secret",
    chip: /^Refused \(401\)$/,
    message:
      /wants a valid token \(401\): sign in first.*Ask for a link that may read it, or sign in/,
  },
  {
    what: "404",
    src: "/nothing",
    chip: /^Reconnecting in \d+ s$/,
    message: /There is nothing at this address \(404\)\./,
  },
  {
    what: "500",
    src: "/broken",
    chip: /^Reconnecting/,
    message: /The server answers 500/,
  },
  {
    what: "204",
    src: "/over",
    chip: /^Refused \(204\)$/,
    message: /nothing to follow \(204\).*Reload this page to ask again/,
  },
  { what: "no address", src: "", chip: /^Cannot connect$/, message: /Set src to the address/ },
  {
    what: "an address that is none",
    src: "http://[",
    chip: /^Cannot connect$/,
    message: /expected an http or https address/,
  },
  {
    what: "an address of another kind",
    src: "javascript:alert(1)",
    chip: /^Cannot connect$/,
    message: /expected an http or https address/,
  },
];

for (const name of browserNames) {
  test(`${name}: whatever is at an address, the chart says so and the page lives on`, async (t) => {
    const browser = await openBrowser(t, name);
    if (!browser) return;
    const good = new Feed(() => eventText({ time: Date.now() - 1000, v: 1 }) + eventText({ v: 2 }));
    const bad = new Feed();
    const foreign = await listen(t, (_, response) => {
      response.writeHead(200, sse).write(eventText({ v: 1 }));
    });
    const site = await openSite(t, {
      "/good": good.handle,
      "/bad": bad.handle,
      "/html": answer(200, { "content-type": "text/html" }, "<h1>Sign in</h1>"),
      "/json": answer(200, { "content-type": "application/json" }, "[1]"),
      "/secret": answer(401, { "content-type": "text/plain" }, "sign in first"),
      "/broken": answer(500, {}),
      "/over": answer(204, {}),
    });
    const page = await openCharts(t, browser, site);
    const beside = '<live-chart id="good" src="/good"></live-chart>';

    /** That what is there draws, beside what does not. */
    const assertAlive = async () => {
      await shows(page, "the good one", (it) => (it.columns[0]?.length ?? 0) >= 2, "#good");
      assert.equal(await page.title(), "Site");
    };

    for (const { what, src, chip, message } of refusals) {
      await t.test(what, async () => {
        await put(page, `<live-chart id="bad" src="${src}"></live-chart>${beside}`);
        const isSaid = (it: Seen) => chip.test(it.chip) && message.test(it.message);
        await seen(page, `${chip} and ${message}`, isSaid, "#bad");
        await assertAlive();
      });
    }

    await t.test("another origin that lets nobody read", async () => {
      await put(page, `<live-chart id="bad" src="${foreign}/x"></live-chart>${beside}`);
      const said = `does not let pages of ${site} read it (CORS); it must send Access-Control-Allow-Origin: ${site}`;
      await seen(page, said, (it) => it.message.includes(said), "#bad");
      await assertAlive();
    });

    await t.test("nobody there", async () => {
      await put(page, `<live-chart id="bad" src="http://127.0.0.1:9/x"></live-chart>${beside}`);
      const isSaid = (it: Seen) => /server cannot be reached/.test(it.message);
      await seen(page, "that nobody is there", isSaid, "#bad");
      await assertAlive();
    });

    await t.test("events that are no JSON, or have no number", async () => {
      await put(page, "");
      await put(page, `<live-chart id="bad" src="/bad"></live-chart>${beside}`);
      await seen(page, "to be connected", ({ chip }) => chip === "Connected", "#bad");
      bad.send("{oops");
      bad.send({ text: "only" });
      bad.send("");
      const isSaid = ({ hint }: Seen) =>
        /expected JSON, found "\{oops"/.test(hint) &&
        /expected a number somewhere, found/.test(hint);
      const { message } = await seen(page, "both notices", isSaid, "#bad");
      assert.match(message, /^Nothing to draw so far.*Expected a number somewhere/);
      bad.send({ v: 7 });
      await shows(page, "what is good of it", (it) => it.columns[0]?.length === 1, "#bad");
      assert.match(await detailsOf(page, "#bad"), /Notices[\s\S]*expected JSON, found/);
      await assertAlive();
    });

    await t.test("numbers that are none, and huge ones", async () => {
      await put(page, "");
      await put(page, '<live-chart id="bad" src="/bad" style="block-size: 240px"></live-chart>');
      await seen(page, "to be connected", ({ chip }) => chip === "Connected", "#bad");
      const time = Date.now();
      const texts = [
        "1",
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999",
        "null",
        "2",
        "1e308",
        "-1e308",
        "5e-324",
      ];
      for (const [i, text] of texts.entries()) {
        bad.send(`{"time":${time - 5000 + i * 400},"v":${text}}`);
      }
      const { columns } = await shows(
        page,
        "those that are",
        (it) => it.columns[0]?.at(-1)?.[1] === 5e-324,
        "#bad",
      );
      assert.deepEqual(
        columns[0]!.map(([, value]) => value),
        [1, 2, 1e308, -1e308, 5e-324],
      );
      const { legend } = await see(page, "#bad");
      assert.doesNotMatch(legend, /NaN|Infinity|∞/);
      assert.ok((await inkOf(page, "#bad")) > 50, "it is drawn");
    });

    await t.test("times from anywhere", async () => {
      await put(page, "");
      await put(page, '<live-chart id="bad" src="/bad"></live-chart>');
      await seen(page, "to be connected", ({ chip }) => chip === "Connected", "#bad");
      for (const time of [-1, 0, 1e300, "soon", "9999-12-31T23:59:59Z", {}, [], true])
        bad.send({ time, v: 3 });
      for (let i = 0; i < 20; i++) bad.send({ time: Date.now() - 2000 + i * 100, v: i });
      const { hint } = await seen(
        page,
        "a notice",
        ({ hint }) => /expected a time, found/.test(hint),
        "#bad",
      );
      assert.ok(hint.length < 2000);
      await shows(
        page,
        "those of now",
        (it) => it.columns[0]?.some(([, value]) => value === 19) === true,
        "#bad",
      );
    });

    await t.test("names that are code", async () => {
      await put(page, "");
      await put(page, '<live-chart id="bad" src="/bad"></live-chart>');
      await seen(page, "to be connected", ({ chip }) => chip === "Connected", "#bad");
      bad.send({
        [evil]: 1,
        __proto__: 2,
        constructor: 3,
        "": 4,
        "a\u0000\u2028b": 5,
        ["x".repeat(5000)]: 6,
      });
      bad.send(evil);
      const { legend } = await seen(
        page,
        "them as text",
        (it) => it.legend.includes("<img src=x onerror="),
        "#bad",
      );
      assert.ok(legend.includes("constructor"));
      assert.ok((await detailsOf(page, "#bad")).includes("<img src=x"));
      const images = await page.evaluate(
        () => document.querySelector("#bad")!.shadowRoot!.querySelectorAll("img").length,
      );
      assert.equal(images, 0);
      assert.equal(await page.title(), "Site");
    });

    await t.test("ten thousand series", async () => {
      await put(page, "");
      await put(page, `<live-chart id="bad" src="/bad"></live-chart>${beside}`);
      await seen(page, "to be connected", ({ chip }) => chip === "Connected", "#bad");
      const all = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`s${i}`, i]));
      for (let i = 0; i < 3; i++) bad.send({ time: Date.now() + i - 3, ...all });
      const isSaid = ({ hint }: Seen) =>
        hint.includes("there are more than 1000 series: those beyond are left out");
      const { legend } = await seen(page, "the limit", isSaid, "#bad");
      assert.match(legend, /940 more/, "as many as are not drawn");
      const asked = Date.now();
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
      assert.ok(Date.now() - asked < 2000, "the page answers");
      await assertAlive();
    });
  });
}
