import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseNumber, parseQuantity } from "./number.ts";

test("number: what JavaScript writes is read as the same float64", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = Object.is(value, -0) ? "-0" : String(value);
      assert.ok(Object.is(parseNumber(text), value));
    }),
  );
});

test("number: what people write, of whatever length, is the float64 nearest to it", () => {
  const digits = fc.stringMatching(/^\d{0,20}$/);
  fc.assert(
    fc.property(fc.constantFrom("", "-", "+"), digits, fc.option(digits), (sign, whole, rest) => {
      const text = `${sign}${whole}${rest === null ? "" : `.${rest}`}`;
      const isNumber = whole !== "" || (rest ?? "") !== "";
      assert.ok(Object.is(parseNumber(text), isNumber ? Number(text) : undefined), text);
    }),
    { numRuns: 5_000 },
  );
});

test("number: at the edge of what an integer holds exactly it is still the nearest", () => {
  for (const integer of ["9007199254740991", "9007199254740992", "9007199254740993"]) {
    for (let point = 0; point <= integer.length; point++) {
      const text = `-${integer.slice(0, point)}.${integer.slice(point)}`;
      assert.equal(parseNumber(text), Number(text), text);
    }
  }
});

test("number: a sign, a bare dot and an exponent are part of it", () => {
  assert.deepEqual(["+1", "-.5", "5.", "1e3", "2E-2"].map(parseNumber), [1, -0.5, 5, 1000, 0.02]);
});

test("number: other things that JavaScript takes for numbers are none", () => {
  for (const text of ["", " ", "0x10", "0b1", "1_000", "Infinity", "NaN", "1e999", "1,5", "--1"]) {
    assert.equal(parseNumber(text), undefined, text);
  }
});

test("number: a unit is passed over", () => {
  for (const text of [
    "12ms",
    "12%",
    "12°C",
    "12MB/s",
    "12KiB",
    "12kHz",
    "12µs",
    "12W",
    "12req/s",
  ]) {
    assert.equal(parseQuantity(text), 12, text);
  }
});

test("number: what may be more than a unit makes it no number", () => {
  for (const text of [
    "12k",
    "3M",
    "5K",
    "1abc",
    "12:30",
    "1.2.3",
    "127.0.0.1",
    "3/4",
    "1e",
    "12ms2",
  ]) {
    assert.equal(parseQuantity(text), undefined, text);
  }
});
