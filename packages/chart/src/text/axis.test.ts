import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { calendar, timeTicks } from "./axis.ts";
import { tickTimes } from "./calendar.ts";
import { zoneOf } from "./zone.ts";

await calendar.load();

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
      fc.constantFrom(timeZone, "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "UTC"),
      fc.constantFrom("en-GB", "en-US", "de-DE", "ja-JP"),
      (from, exponent, width, timeZone, locale) => {
        const span = 10 ** exponent;
        const ticks = timeTicks({ from, to: from + span }, { ...around, width, timeZone, locale });
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

/** Local times of ticks, as the zone's clocks show them. */
function clocks(from: number, hours: number, stepMs: number, name: string): string[] {
  const zone = zoneOf(name);
  const ticks = tickTimes({ from, to: from + hours * hour }, { ms: stepMs }, zone);
  return ticks.map((time) => new Date(time + zone(time)).toISOString().slice(11, 16));
}

test("axis: where clocks go forward, what they skip has no tick, and what follows is round", () => {
  const skipped = [
    ["Europe/Berlin", Date.UTC(2026, 2, 28, 23)],
    ["America/New_York", Date.UTC(2026, 2, 8, 5)],
    ["Australia/Sydney", Date.UTC(2026, 9, 3, 14)],
  ] as const;
  for (const [name, midnight] of skipped) {
    assert.deepEqual(
      clocks(midnight, 5, hour, name),
      "00:00 01:00 03:00 04:00 05:00 06:00".split(" "),
    );
    assert.deepEqual(clocks(midnight, 7, 2 * hour, name), "00:00 04:00 06:00 08:00".split(" "));
  }
});

test("axis: where clocks go back, hours that come twice have two ticks", () => {
  const twice = [
    ["Europe/Berlin", Date.UTC(2026, 9, 24, 22), "00:00 01:00 02:00 02:00 03:00"],
    ["America/New_York", Date.UTC(2026, 10, 1, 4), "00:00 01:00 01:00 02:00 03:00"],
    ["Australia/Sydney", Date.UTC(2026, 3, 4, 13), "00:00 01:00 02:00 02:00 03:00"],
  ] as const;
  for (const [name, midnight, hours] of twice) {
    assert.deepEqual(clocks(midnight, 4, hour, name), hours.split(" "), name);
    assert.deepEqual(clocks(midnight, 25, 12 * hour, name), "00:00 12:00 00:00".split(" "), name);
  }
});

test("axis: on Lord Howe clocks change by half an hour, and hours are round on either side", () => {
  const name = "Australia/Lord_Howe";
  const forward = clocks(Date.UTC(2026, 9, 3, 13, 30), 4, hour, name);
  assert.deepEqual(forward, "00:00 01:00 03:00 04:00".split(" "));
  const back = clocks(Date.UTC(2026, 3, 4, 13), 4, hour, name);
  assert.deepEqual(back, "00:00 01:00 02:00 03:00".split(" "));
  const halves = clocks(Date.UTC(2026, 3, 4, 14), 2, hour / 2, name);
  assert.deepEqual(halves, "01:00 01:30 01:30 02:00 02:30".split(" "));
});

test("axis: on the day of a change, too, labels keep apart", () => {
  for (const [timeZone, at] of [
    ["Europe/Berlin", Date.UTC(2026, 2, 29, 1)],
    ["Australia/Lord_Howe", Date.UTC(2026, 9, 3, 15, 30)],
  ] as const) {
    for (let width = 200; width < 1200; width += 7) {
      for (const hours of [6, 12, 18, 24, 36, 48]) {
        const from = at - (hours * hour) / 2;
        const ticks = timeTicks({ from, to: from + hours * hour }, { ...around, width, timeZone });
        let end = Number.NEGATIVE_INFINITY;
        for (const { at, text } of ticks.filter(({ text }) => text !== "")) {
          const x = ((at - from) / (hours * hour)) * width;
          const half = around.measure(text) / 2;
          assert.ok(x - half >= end + 4, `${text} at ${x} of ${width} begins before ${end}`);
          end = x + half;
        }
      }
    }
  }
});

test("axis: a day without a midnight begins where it begins, and has its date there", () => {
  // In Cairo the 24th of April 2026 begins at one o'clock.
  const cairo = { ...around, timeZone: "Africa/Cairo" };
  const first = Date.UTC(2026, 3, 23, 22);
  const hours = timeTicks({ from: first - 3 * hour, to: first + 3 * hour }, cairo);
  assert.equal(hours.find(({ at }) => at === first)!.text, "24 Apr");
  const days = timeTicks({ from: first - 3 * day, to: first + 3 * day }, cairo);
  assert.ok(days.some(({ at, text }) => at === first && text === "24 Apr"));
});

test("axis: hours are written as the language has it, of twelve or of twenty-four", () => {
  const from = Date.UTC(2026, 5, 1, 10);
  const view = { from, to: from + 24 * hour };
  const labels = (locale: string) => timeTicks(view, { ...around, locale }).map(({ text }) => text);
  assert.ok(labels("de-DE").includes("15:00"));
  assert.ok(
    labels("en-US").some((text) => /^3:00\sPM$/.test(text)),
    labels("en-US").join(),
  );
});

test("axis: a year in any zone has its months at local midnight", () => {
  for (const timeZone of ["America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]) {
    const zone = zoneOf(timeZone);
    const from = Date.UTC(2025, 10, 22);
    const ticks = timeTicks({ from, to: from + 365 * day }, { ...around, timeZone });
    assert.equal(ticks.length, 12);
    for (const { at } of ticks) {
      const local = new Date(at + zone(at));
      assert.deepEqual([local.getUTCDate(), local.getUTCHours(), local.getUTCMinutes()], [1, 0, 0]);
    }
  }
});
