import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Pressure, qualityText } from "./pressure.ts";
import { type Drawable, Scheduler } from "./schedule.ts";

/** What there is to do on a page. */
type Load = {
  /** Charts that want to be drawn so often, and what each costs the script at full fineness. */
  charts: number;
  hz: number;
  drawMs: number;
  /** What a frame with drawings costs beside the script; what every frame costs, whoever it is for. */
  rasterMs: number;
  foreignMs: number;
};

const idle: Load = { charts: 1, hz: 1, drawMs: 0.1, rasterMs: 0, foreignMs: 0 };
const forever = new AbortController().signal;

/** A browser with a screen of 60 Hz and a clock of its own, that takes its time for what it is told. */
function page() {
  let now = 1_790_000_000_000;
  let load = idle;
  let wanted: (() => void) | undefined;
  let timer: { readonly at: number; readonly run: () => void } | undefined;
  const scheduler = new Scheduler({
    now: () => Math.floor(now),
    precise: () => now,
    requestFrame: (run) => {
      wanted = run;
    },
    setTimer: (run, ms) => {
      timer = { at: now + ms, run };
      return timer;
    },
    clearTimer: (old) => {
      if (old === timer) timer = undefined;
    },
  });
  const charts: (Drawable & { drawn: number; told: number })[] = [];
  let drawnNow = 0;
  const add = (index: number) => {
    let last = Number.NEGATIVE_INFINITY;
    const chart = {
      ...{ drawn: 0, told: 0 },
      dueAt: () => (index < load.charts ? last + 1000 / load.hz - 2 : Number.POSITIVE_INFINITY),
      draw: (at: number) => {
        last = at;
        chart.drawn++;
        drawnNow++;
        now += load.drawMs * Math.min(1, 0.3 + scheduler.quality.fineness);
      },
      qualityChanged: () => {
        chart.told++;
      },
    };
    charts.push(chart);
    scheduler.add(chart, forever);
  };
  for (let i = 0; i < 20; i++) add(i);

  const frame = () => {
    const run = wanted!;
    wanted = undefined;
    drawnNow = 0;
    run();
    now += load.foreignMs + (drawnNow > 0 ? load.rasterMs : 0);
    now = (Math.floor(now / (1000 / 60)) + 1) * (1000 / 60);
  };
  const run = (seconds: number, next: Load) => {
    load = next;
    scheduler.wake();
    const end = now + seconds * 1000;
    while (now < end) {
      if (wanted) frame();
      else if (timer && timer.at <= now) {
        const { run } = timer;
        timer = undefined;
        run();
      } else now = Math.min(end, timer?.at ?? end);
    }
    return scheduler.quality;
  };
  return { run, charts, scheduler };
}

const best = { hz: 60, fineness: 1 };
const light: Load = { ...idle, charts: 3, hz: 60, drawMs: 0.3 };

test("pressure: what fits is drawn as often as it is due, however long", () => {
  const { run, charts } = page();
  assert.deepEqual(run(30, light), best);
  assert.ok(charts[0]!.drawn > 30 * 50, `${charts[0]!.drawn} drawings`);
});

test("pressure: a burst of a second changes nothing", () => {
  const { run } = page();
  run(10, light);
  assert.deepEqual(run(1, { ...light, drawMs: 20 }), best);
  assert.deepEqual(run(5, light), best);
});

test("pressure: too much to draw is drawn at 30 Hz, then at 10, then coarser, and back", () => {
  const { run } = page();
  const heavy: Load = { ...idle, charts: 20, hz: 60, drawMs: 8 };
  const seen = new Set<string>();
  for (let i = 0; i < 20; i++) {
    const { hz, fineness } = run(1, heavy);
    seen.add(`${hz} ${fineness}`);
  }
  assert.deepEqual([...seen], ["60 1", "30 1", "10 1", "10 0.5", "10 0.25"]);
  assert.deepEqual(run(60, light), best);
});

test("pressure: what fits at a lower rate stays there, and is drawn at that rate by all at once", () => {
  const { run, charts } = page();
  const much: Load = { ...idle, charts: 10, hz: 60, drawMs: 1.5 };
  run(30, much);
  const before = charts.slice(0, 10).map(({ drawn }) => drawn);
  const { hz, fineness } = run(10, much);
  assert.deepEqual([hz, fineness], [10, 1]);
  const drawn = charts.slice(0, 10).map(({ drawn }, i) => drawn - before[i]!);
  assert.ok(
    drawn.every((count) => count >= 90 && count <= 101),
    drawn.join(),
  );
});

test("pressure: what the browser takes for painting counts as well as the script", () => {
  const { run } = page();
  const { hz } = run(20, { ...light, rasterMs: 40 });
  assert.ok(hz < 60);
});

test("pressure: what the page is busy with besides is not charged for long", () => {
  const { run, charts } = page();
  const busy: Load = { ...light, foreignMs: 45 };
  run(20, busy);
  const qualities = Array.from({ length: 30 }, () => run(1, busy));
  assert.ok(qualities.every(({ fineness }) => fineness === 1));
  assert.ok(qualities.filter(({ hz }) => hz === 60).length >= 25);
  assert.deepEqual(run(10, light), best);
  assert.ok(charts[0]!.drawn > 0);
});

test("pressure: a page that was hidden or asleep was not busy", () => {
  const { run } = page();
  run(10, light);
  for (let i = 0; i < 5; i++) {
    run(0.02, { ...light, foreignMs: 600_000 });
    assert.deepEqual(run(1, light), best);
  }
});

test("pressure: a screen of 30 Hz is no load", () => {
  const { run } = page();
  const slow: Load = { ...light, foreignMs: 20 };
  run(30, slow);
  for (let i = 0; i < 20; i++) assert.deepEqual(run(1, slow), best);
});

test("pressure: charts are told of each change, so that none stays coarse", () => {
  const { run, charts } = page();
  run(30, { ...idle, charts: 20, hz: 60, drawMs: 8 });
  const told = charts[0]!.told;
  assert.ok(told >= 4);
  run(60, light);
  assert.ok(charts.every((chart) => chart.told >= told + 4));
});

test("pressure: whatever was, once there is little to do everything is back within minutes", () => {
  const loads = fc.record({
    charts: fc.integer({ min: 1, max: 20 }),
    hz: fc.constantFrom(1, 6, 10, 60),
    drawMs: fc.double({ min: 0.05, max: 30, noNaN: true }),
    rasterMs: fc.constantFrom(0, 0, 5, 40, 200),
    foreignMs: fc.constantFrom(0, 0, 10, 100, 2000),
  });
  const lives = fc.array(fc.record({ load: loads, seconds: fc.integer({ min: 1, max: 30 }) }), {
    maxLength: 6,
  });
  fc.assert(
    fc.property(lives, fc.constantFrom(light, idle, { ...light, hz: 6 }), (life, calm) => {
      const { run } = page();
      for (const { load, seconds } of life) run(seconds, load);
      run(240, calm);
      for (let i = 0; i < 5; i++) assert.deepEqual(run(10, calm), best);
    }),
    { numRuns: 25 },
  );
});

test("pressure: people are told at which rate, and nothing while all is well", () => {
  assert.equal(qualityText(best), "");
  assert.match(qualityText({ hz: 10, fineness: 1 }), /^Drawing at 10 Hz: /);
  assert.match(qualityText({ hz: 10, fineness: 0.5 }), /^Drawing at 10 Hz, in outline: /);
});

test("pressure: where frames with drawings come late less is drawn in each, and more again once they do not", () => {
  const pressure = new Pressure();
  let at = 0;
  const frames = (count: number, everyMs: number) => {
    for (let i = 0; i < count; i++, at += everyMs) {
      pressure.frame({ at, spentMs: 5, drawn: 5, deferred: 0, goesOn: true });
    }
  };
  const most = pressure.budgetMs;
  frames(20, 1000 / 60);
  assert.equal(pressure.budgetMs, most);
  frames(20, 50);
  const least = pressure.budgetMs;
  assert.ok(least > 0 && least <= most / 2, `${least}`);
  frames(100, 1000 / 60);
  assert.equal(pressure.budgetMs, most);
});
