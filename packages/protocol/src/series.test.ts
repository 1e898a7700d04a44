import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { canonicalSeries, formatSeries, parseSeries } from "./series.ts";

function refuses(text: string, message: RegExp) {
  assert.throws(() => parseSeries(text), message, text);
}

test("series: labels are sorted, so equal series have equal texts", () => {
  assert.equal(canonicalSeries(' cpu {b="2", a="1",} '), 'cpu{a="1",b="2"}');
  assert.equal(canonicalSeries("cpu{}"), "cpu");
});

test("series: an empty label is no label", () => {
  assert.equal(canonicalSeries('cpu{a=""}'), "cpu");
});

test("series: any text may be the value of a label", () => {
  const value = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom("a", "b_1", "c.d"), value), (record) => {
      const series = { name: "°C </script>", labels: new Map(Object.entries(record)) };
      const back = parseSeries(formatSeries(series));
      assert.deepEqual(Object.fromEntries(back.labels), Object.fromEntries(series.labels));
    }),
  );
});

test("series: what is no series is refused with what was expected", () => {
  refuses("", /expected a series name, found nothing/);
  refuses("{}", /expected a series name, found nothing/);
  refuses("x".repeat(201), /at most 200 characters, found 201/);
  refuses("a\nb", /without "\\n"/);
  refuses('a"b', /without "\\""/);
  refuses("cpu{a", /expected "}" at the end/);
  refuses("cpu{a}", /expected labels as name="value", found "a"/);
  refuses("cpu{a=1}", /expected labels as name="value"/);
  refuses('cpu{a="1"b="2"}', /expected labels as name="value"/);
  refuses('cpu{a="1",a="2"}', /each label once, found "a" twice/);
  refuses('cpu{1a="1"}', /expected a label name of letters/);
  refuses(`cpu{a="${"v".repeat(201)}"}`, /at most 200 characters for label "a", found 201/);
  refuses(`cpu{${Array.from({ length: 17 }, (_, i) => `l${i}="1"`)}}`, /at most 16 labels/);
});
