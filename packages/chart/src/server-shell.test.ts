import assert from "node:assert/strict";
import { test } from "node:test";
import { renderShell } from "./server-shell.ts";

const noon = Date.UTC(2026, 0, 31, 12);

function column(...values: number[]) {
  return { times: values.map((_, i) => noon + i * 1000), values };
}

/** The texts of the cells, row by row. */
function cells(html: string): string[][] {
  return [...html.matchAll(/<tr>(.*?)<\/tr>/g)].map(([, row]) =>
    [...row!.matchAll(/<t[hd].*?>(.*?)<\/t[hd]>/g)].map(([, cell]) => cell!.replace(/<.*?>/g, "")),
  );
}

test("server shell: attributes are those of a tag, and what is false or absent is not there", () => {
  const html = renderShell({
    attributes: {
      src: "/a?b=1&c=2",
      title: 'Say "hi"',
      zero: true,
      log: false,
      span: undefined,
      "y-min": 0,
    },
  });
  assert.match(
    html,
    /^<live-chart src="\/a\?b=1&amp;c=2" title="Say &quot;hi&quot;" zero y-min="0"><template shadowrootmode="open">/,
  );
  assert.match(html, /<\/template><\/live-chart>$/);
});

test("server shell: a name that is no attribute, or would be a script, is refused", () => {
  for (const name of ["onclick", "ONLOAD", "a b", 'a"', "", "<", "a>", "a=b"]) {
    assert.throws(() => renderShell({ attributes: { [name]: "x" } }), { code: "bad-input" }, name);
  }
});

test("server shell: the samples are a table by time, with a caption", () => {
  const columns = new Map([
    ["cpu", column(1.5, 2, Number.NaN)],
    ["memory", { times: [noon + 1000, noon + 3000], values: [0.1, 9_007_199_254_740_991] }],
  ]);
  const html = renderShell({ attributes: { title: "Machine" }, columns });
  assert.match(html, /<caption>Machine<\/caption>/);
  assert.deepEqual(cells(html), [
    ["Time", "cpu", "memory"],
    ["Jan 31, 2026, 12:00:00 PM UTC", "1.5", ""],
    ["Jan 31, 2026, 12:00:01 PM UTC", "2", "0.1"],
    ["Jan 31, 2026, 12:00:02 PM UTC", "", ""],
    ["Jan 31, 2026, 12:00:03 PM UTC", "", "9,007,199,254,740,991"],
  ]);
  assert.match(html, /<time datetime="2026-01-31T12:00:03\.000Z">/);
});

test("server shell: times and numbers are written for the attributes zone and locale", () => {
  const columns = new Map([["t", { times: [noon + 250], values: [1234.5] }]]);
  const attributes = { zone: "Asia/Kolkata", locale: "de-DE" };
  const [, row] = cells(renderShell({ attributes, columns }));
  assert.match(row![0]!, /^31\. Jan\. 2026, 17:30:00,250 /);
  assert.equal(row![1], "1.234,5");
  const wrong = { zone: "Mars/Olympus", locale: "not a tag" };
  assert.match(cells(renderShell({ attributes: wrong, columns }))[1]![0]!, /UTC$/);
});

test("server shell: names and captions are text, whatever is in them", () => {
  const evil = '</template><img src=x onerror="alert(1)">';
  const columns = new Map([[evil, column(1)]]);
  const html = renderShell({ attributes: { title: evil }, columns, caption: evil, nonce: '"><b>' });
  assert.doesNotMatch(html, /<img|<b>|<\/template>.*<\/template>/);
  assert.match(html, /<style nonce="&quot;&gt;&lt;b&gt;">/);
  assert.equal(html.match(/&lt;img src=x/g)!.length, 3);
});

test("server shell: of many series and samples the first and the newest are shown, and that is said", () => {
  const many = new Map(
    Array.from({ length: 30 }, (_, i) => [`s${i}`, column(...Array(5000).keys())] as const),
  );
  const html = renderShell({ attributes: {}, columns: many, caption: "Many" });
  const rows = cells(html);
  assert.equal(rows.length, 101);
  assert.deepEqual(new Set(rows.map((row) => row.length)), new Set([21]));
  assert.equal(rows.at(-1)![1], "4,999");
  assert.match(html, /<caption>Many \(20 of 30 series\)<\/caption>/);
});

test("server shell: times that no calendar has are left out, and without samples there is no table", () => {
  const columns = new Map([["a", { times: [Number.NaN, 1e20], values: [1, 2] }]]);
  assert.match(renderShell({ attributes: { title: "A" }, columns }), /<p>A<\/p>/);
  assert.match(renderShell({ attributes: { title: "A" } }), /<p>A<\/p>/);
});
