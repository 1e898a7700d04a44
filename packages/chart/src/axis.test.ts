import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { tickTimes, timeTicks } from "./axis.ts";
import { zoneOf } from "./zone.ts";

const hour = 3_600_000;
const day = 24 * hour;
const timeZone = "Europe/Berlin";
const berlin = zoneOf(timeZone);

const around = {
  width: 800,
  roomLeft: 20,
  roomRight: 16,
  measure: (text: string) => text.length * 6,
  timeZone,
  locale: "en-GB",
};

function texts(from: number, to: number): string[] {
  return timeTicks({ from, to }, around)
    .map(({ text }) => text)
    .filter((text) => text !== "");
}

const local = (time: number) => new Date(time + berlin(time)).toISOString().slice(11, 16);

test("axis: a minute has round seconds, as many as have room", () => {
  const from = Date.UTC(2026, 5, 1, 10, 0, 3);
  assert.deepEqual(texts(from, from + 60_000), [
    "12:00:10",
    "12:00:20",
    "12:00:30",
    "12:00:40",
    "12:00:50",
    "12:01:00",
  ]);
});

test("axis: a day begins with its date", () => {
  const from = Date.UTC(2026, 5, 1, 20);
  assert.ok(texts(from, from + 6 * hour).includes("2 Jun"));
});

test("axis: a year has its months, and where it begins its number", () => {
  const from = Date.UTC(2025, 10, 22);
  assert.deepEqual(texts(from, from + 365 * day), [
    ..."Dec 2026 Feb Mar Apr May Jun Jul Aug Sept Oct Nov".split(" "),
  ]);
  assert.deepEqual(texts(from, from + 3650 * day).slice(0, 3), ["2026", "2027", "2028"]);
});

test("axis: a phone has two labels and more, of a week as of a year, whatever the month", () => {
  const labels = (to: number, span: number, width: number) => {
    const ticks = timeTicks({ from: to - span, to }, { ...around, width });
    return ticks.filter(({ text }) => text !== "").length;
  };
  for (let month = 0; month < 12; month++) {
    const to = Date.UTC(2026, month, 22, 15, 20);
    for (const span of [hour, 6 * hour, day, 7 * day, 30 * day, 365 * day]) {
      assert.ok(labels(to, span, 190) >= 2, `${span / hour} h to month ${month + 1}`);
    }
    assert.ok(labels(to, day, 230) >= 3);
  }
});

test("axis: a day of 23 hours and one of 25 have ticks at even local hours, and none twice", () => {
  for (const midnight of [Date.UTC(2026, 2, 28, 23), Date.UTC(2026, 9, 24, 22)]) {
    const ticks = tickTimes({ from: midnight, to: midnight + 25 * hour }, { ms: 3 * hour }, berlin);
    const times = ticks.map(local).slice(0, 8);
    assert.deepEqual(times, [
      "00:00",
      "03:00",
      "06:00",
      "09:00",
      "12:00",
      "15:00",
      "18:00",
      "21:00",
    ]);
    assert.equal(new Set(ticks).size, ticks.length);
  }
});

test("axis: on the day of 25 hours the hour that comes twice has two ticks, an hour apart", () => {
  const from = Date.UTC(2026, 9, 24, 23);
  const ticks = tickTimes({ from, to: from + 4 * hour }, { ms: hour }, berlin);
  assert.deepEqual(ticks.map(local), ["01:00", "02:00", "02:00", "03:00", "04:00"]);
});

test("axis: days and months begin at local midnight, across clock changes", () => {
  const from = Date.UTC(2026, 1, 10);
  for (const step of [{ ms: day }, { ms: 7 * day }, { months: 1 }]) {
    const ticks = tickTimes({ from, to: from + 120 * day }, step, berlin);
    assert.ok(ticks.length >= 4);
    assert.deepEqual(new Set(ticks.map(local)), new Set(["00:00"]));
  }
});

test("axis: weeks begin on Monday", () => {
  const [first] = tickTimes(
    { from: Date.UTC(2026, 5, 3), to: Date.UTC(2026, 6, 3) },
    { ms: 7 * day },
    zoneOf("UTC"),
  );
  assert.equal(new Date(first!).getUTCDay(), 1);
});

test("axis: whatever the stretch of time, labels neither overlap nor leave their room", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: Date.UTC(2001, 0), max: Date.UTC(2037, 0) }),
      fc.double({ min: 2, max: 11.5, noNaN: true }),
      fc.integer({ min: 200, max: 2000 }),
      (from, exponent, width) => {
        const span = 10 ** exponent;
        const ticks = timeTicks({ from, to: from + span }, { ...around, width });
        let end = -around.roomLeft;
        for (const { at, text } of ticks.filter(({ text }) => text !== "")) {
          const x = ((at - from) / span) * width;
          const half = around.measure(text) / 2;
          assert.ok(x - half >= end, `${text} at ${x} begins before ${end}`);
          end = x + half;
        }
        assert.ok(end <= width + around.roomRight);
        assert.ok(ticks.length <= width / 40 + 2);
      },
    ),
  );
});
