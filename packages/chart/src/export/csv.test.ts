import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeScene } from "../parts/fake-scene.ts";
import { csvOf } from "./csv.ts";

const second = 1000;

test("csv: times are UTC with the zone's offset beside them, values are exact", () => {
  // Clocks in Berlin go back at 01:00 UTC.
  const change = Date.UTC(2026, 9, 25, 1);
  const samples = [
    [change - second, 0.1 + 0.2],
    [change + 0.5, -1e-9],
  ] as const;
  const view = { from: change - 60 * second, to: change + 60 * second };
  const scene = fakeScene([{ name: "Temperature", unit: "°C", samples }], { view });
  assert.equal(
    csvOf(scene, "Europe/Berlin"),
    [
      "time,utc offset,Temperature (°C),note",
      "2026-10-25T00:59:59.000Z,+02:00,0.30000000000000004,",
      "2026-10-25T01:00:00.000Z,+01:00,-1e-9,",
      "",
    ].join("\r\n"),
  );
  assert.match(csvOf(scene, "America/St_Johns"), /Z,-02:30,/);
});

test("csv: a gap is a row with its reason, an absence an empty cell", () => {
  const band = { kind: "offline", text: 'Not connected: "cut", then more.' } as const;
  const samples = [
    [0, 1],
    [1000, null],
    [9000, 3],
  ] as const;
  const scene = fakeScene([{ name: "a", samples }], { bands: [{ ...band, from: 2000, to: 9000 }] });
  assert.deepEqual(csvOf(scene, "UTC").split("\r\n").slice(1, 5), [
    "1970-01-01T00:00:00.000Z,+00:00,1,",
    "1970-01-01T00:00:01.000Z,+00:00,,",
    '1970-01-01T00:00:02.000Z,+00:00,,"until 1970-01-01T00:00:09.000Z: Not connected: ""cut"", then more."',
    "1970-01-01T00:00:09.000Z,+00:00,3,",
  ]);
});

test("csv: a column of extremes says so", () => {
  const samples = [1, 2, 3].map((t) => [t * second, t] as const);
  const [plain, unit] = [
    { name: "a", samples, drawn: 2 },
    { name: "b", samples, drawn: 2, unit: "W" },
  ];
  assert.match(
    csvOf(fakeScene([plain!, unit!])),
    /^time,utc offset,a \(extremes only\),b \(W; extremes only\),note\r\n/,
  );
});

function header(name: string): string {
  return csvOf(fakeScene([{ name, samples: [] }])).slice(
    "time,utc offset,".length,
    -",note\r\n".length,
  );
}

test("csv: names that spreadsheets would run, or that would break the table, do neither", () => {
  assert.equal(header('=HYPERLINK("x")'), `"'=HYPERLINK(""x"")"`);
  assert.equal(header("+1"), "'+1");
  assert.equal(header("-1"), "'-1");
  assert.equal(header("@a"), "'@a");
  assert.equal(header(" =a"), "' =a");
  assert.equal(header("\t=a"), "'\t=a");
  assert.equal(header("a,b\nc"), '"a,b\nc"');
  assert.equal(header('cpu{core="0"}'), '"cpu{core=""0""}"');
  assert.equal(header("a-b"), "a-b");
});

test("csv: a time that no clock can show breaks nothing", () => {
  const view = { from: -1, to: 1e300 };
  assert.match(
    csvOf(fakeScene([{ name: "a", samples: [[1e300, 1]] }], { view }), "UTC"),
    /,1,\r\n$/,
  );
});
