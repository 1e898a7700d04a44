import assert from "node:assert/strict";
import { test } from "node:test";
import { logarithms, Range, type RangeOptions } from "../range.ts";
import { unitOf } from "./units.ts";

await logarithms.load();

const locale = "en-GB";

/** Labels and title of an axis, as one text. */
function axis(text: string | undefined, min: number, max: number, options: RangeOptions = {}) {
  const unit = unitOf(text);
  const { ticks, step } = new Range().next(min, max, 6, 0, { round: unit.round, ...options });
  const { texts, title } = unit.axis(ticks, step, locale);
  return spaced(`${texts.join(" | ")} [${title}]`);
}

function value(text: string | undefined, number: number, decimals: number, step: number) {
  return spaced(unitOf(text).value(number, decimals, step, locale));
}

const spaced = (text: string) => text.replaceAll("\u00a0", " ");

test("units: labels of an axis share a prefix, and the title has it", () => {
  assert.equal(axis("W", 0, 900), "0 | 200 | 400 | 600 | 800 | 1,000 [W]");
  assert.equal(axis("W", 0, 1900), "0.0 | 0.5 | 1.0 | 1.5 | 2.0 [kW]");
  assert.equal(axis("kW", 0, 0.0019), "0.0 | 0.5 | 1.0 | 1.5 | 2.0 [W]");
  assert.equal(axis("V", 230_000, 230_400), "230.0 | 230.1 | 230.2 | 230.3 | 230.4 [kV]");
  assert.equal(
    axis("W", 230e6, 230e6 + 400),
    "230,000.0 | 230,000.1 | 230,000.2 | 230,000.3 | 230,000.4 [kW]",
  );
  assert.equal(axis("Mbps", 0, 0.003), "0 | 1 | 2 | 3 [kbit/s]");
});

test("units: a value has the prefix of its own size and the digits that its axis makes worth reading", () => {
  assert.equal(value("W", 0.523, 6, 500), "523 mW");
  assert.equal(value("W", 950.2, 6, 500), "950 W");
  assert.equal(value("W", 1500.23, 6, 500), "1.500 kW");
  assert.equal(value("W", 0, 6, 500), "0 W");
  assert.equal(value("GB", 0.5, 3, 1), "500 MB");
  assert.equal(value("B", 1023, 0, 100), "1,023 B");
});

test("units: no value is told more exactly than it came", () => {
  assert.equal(value("kW", 1.5, 1, 0.001), "1.5 kW");
  assert.equal(value("kW", 0.5, 1, 0.001), "500 W");
  assert.equal(value("B", 0.25, 0, 0.01), "0 B");
});

test("units: bytes go by powers of two, told in bits, KiB or kB they stay what they are", () => {
  assert.equal(axis("By", 0, 3e9), "0 | 1 | 2 | 3 [GiB]");
  assert.equal(axis("bytes/s", 0, 1e9), "0 | 256 | 512 | 768 | 1,024 [MiB/s]");
  assert.equal(axis("MiB", 0, 3000), "0 | 1 | 2 | 3 [GiB]");
  assert.equal(axis("GB", 0, 3), "0 | 1 | 2 | 3 [GB]");
  assert.equal(axis("bits", 0, 3e6), "0 | 1 | 2 | 3 [Mbit]");
  assert.equal(value("KiB", 1.5, 1, 0), "1.5 KiB");
});

test("units: times have the ticks of a clock", () => {
  assert.equal(axis("s", 0, 0.3), "0 | 100 | 200 | 300 [ms]");
  assert.equal(axis("ms", 0, 9000), "0 | 2 | 4 | 6 | 8 | 10 [s]");
  assert.equal(axis("seconds", 0, 200), "0 | 1 | 2 | 3 | 4 [min]");
  assert.equal(axis("s", 0, 9000), "0 | 30 | 60 | 90 | 120 | 150 [min]");
  assert.equal(
    axis("s", 36_000, 36_010),
    "36,000 | 36,002 | 36,004 | 36,006 | 36,008 | 36,010 [s]",
  );
  assert.equal(axis("ns", 0, 3000), "0 | 1 | 2 | 3 [µs]");
});

test("units: from a minute on a time is told in parts, as finely as its axis", () => {
  assert.equal(value("s", 3900, 2, 600), "1 h 5 min");
  assert.equal(value("s", 3900, 2, 60), "1 h 5 min 0 s");
  assert.equal(value("s", 36_001.54, 2, 2), "10 h 0 min 1.5 s");
  assert.equal(value("min", 65, 0, 0), "1 h 5 min");
  assert.equal(value("s", -65, 0, 0), "-1 min 5 s");
  assert.equal(value("s", 59.999, 3, 30), "60.0 s");
  assert.equal(value("s", 3599.99, 2, 600), "1 h 0 min");
  assert.equal(value("h", 75, 0, 24), "3 d 3 h");
  assert.equal(value("s", 250e-6, 6, 0), "250 µs");
  assert.equal(value("s", 12.345, 3, 0), "12.3 s");
});

test("units: a share of one is shown as a percentage", () => {
  assert.equal(axis("ratio", 0, 1), "0 | 20 | 40 | 60 | 80 | 100 [%]");
  assert.equal(value("ratio", 0.3725, 4, 0.2), "37.3%");
  assert.equal(value("percent", 37.25, 2, 20), "37.3%");
  assert.equal(unitOf("%").value(37.2, 1, 20, "de").replace(/\s/, " "), "37,2 %");
});

test("units: currencies are written as in the language, with two digits or none", () => {
  assert.equal(value("EUR", 37.25, 2, 20), "€37.25");
  assert.equal(value("EUR", 3725, 2, 1000), "€3,725");
  assert.equal(spaced(unitOf("€").value(-3.5, 2, 0.5, "de")), "-3,50 €");
  assert.equal(axis("USD", 0, 3e6), "0 | 1m | 2m | 3m [US$]");
});

test("units: temperatures, counts and what is not known follow the number as they are", () => {
  assert.equal(value("Cel", 21.43, 2, 1), "21.43 °C");
  assert.equal(value("[degF]", 70, 0, 1), "70 °F");
  assert.equal(value("{requests}/s", 37, 0, 20), "37 requests/s");
  assert.equal(value("1/s", 37, 0, 20), "37/s");
  assert.equal(value("1", 37, 0, 20), "37");
  assert.equal(value(undefined, 37, 0, 20), "37");
  assert.equal(value("hPa", 1013.25, 2, 5), "1,013.25 hPa");
  assert.equal(value("RPM", 900, 0, 100), "900 RPM");
  assert.equal(value("x".repeat(99), 1, 0, 1), `1 ${"x".repeat(24)}`);
  assert.equal(value("s/s", 0.37, 2, 0.1), "370 ms/s");
});

test("units: labels of a logarithmic axis have a prefix each", () => {
  const log = true;
  assert.equal(axis("W", 1e-3, 1e6, { log }), "100 µW | 10 mW | 1 W | 100 W | 10 kW | 1 MW [W]");
  assert.equal(axis("B", 1, 1e9, { log }), "1 B | 1 KiB | 1 MiB | 1 GiB [B]");
  assert.equal(axis("s", 1e-6, 1, { log }), "1 µs | 100 µs | 10 ms | 1 s [s]");
  assert.equal(axis("s", 1, 1e4, { log }), "1 s | 10 s | 100 s | 1,000 s | 10k s [s]");
  assert.equal(axis(undefined, 1, 1e6, { log }), "1 | 100 | 10k | 1m []");
});

test("units: what is beyond all prefixes is a power of ten", () => {
  assert.equal(value("W", 5e299, 0, 1e299), "5×10²⁹⁹ W");
  assert.equal(value("B", 5e299, 0, 1e299), "5×10²⁹⁹ B");
  assert.equal(value("%", 1e19, 0, 1e19), "1×10¹⁹ %");
  assert.match(axis("A", 0, 1e300), /8×10²⁹⁹.*\[A\]/);
  assert.match(value("s", 5e299, 0, 1e299), /×10²⁹⁴ d/);
});
