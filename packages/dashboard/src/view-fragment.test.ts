import assert from "node:assert/strict";
import test from "node:test";
import { formatFragment, parseFragment } from "./view-fragment.ts";

const from = Date.UTC(2026, 0, 31, 12);
const to = from + 900_000;

test("view fragment: it reads back as what it was", () => {
  const hash = formatFragment({ from, to });
  assert.equal(hash, "#view=2026-01-31T12:00:00.000Z..2026-01-31T12:15:00.000Z");
  assert.deepEqual(parseFragment(hash), { from, to });
  assert.deepEqual(parseFragment(encodeURI(hash)), { from, to });
  assert.equal(new URL(`http://localhost/temp?span=5m${hash}`).hash, hash);
});

test("view fragment: parts of a millisecond are left out, and never all that there is", () => {
  const hash = formatFragment({ from: from + 0.25, to: from + 0.75 });
  assert.deepEqual(parseFragment(hash), { from, to: from + 1 });
});

test("view fragment: a page that follows has none", () => {
  assert.equal(formatFragment(undefined), "");
  assert.equal(parseFragment(""), undefined);
});

test("view fragment: what is no stretch of time is none", () => {
  const day = "2026-01-31";
  const wrong = ["#main", "#view=", "#view=..", `#view=${day}`, `#view=${day}..`, "#view=a..b"];
  const more = [`#view=${day}..2026-01-30`, `#view=${day}..${day}`, `#view=${day}..${day}..${day}`];
  for (const hash of [...wrong, ...more, "#view=<img onerror=alert(1)>"]) {
    assert.equal(parseFragment(hash), undefined, hash);
  }
  assert.equal(formatFragment({ from: 0, to: 1e15 }), "");
});

test("view fragment: people may write dates alone", () => {
  const { from, to } = parseFragment("#view=2026-01-30..2026-01-31")!;
  assert.equal(to - from, 86_400_000);
});
