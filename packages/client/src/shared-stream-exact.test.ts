import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePosition, parseSelection } from "@plotcast/protocol";
import fc from "fast-check";
import { FakeBrowser, type FakePage, type Follower } from "./fake-browser.ts";
import { FakeStreamServer, timeOf } from "./fake-stream-server.ts";

const names = ["a", "b", "c", "d"];
const selections = [["a"], ["b"], ["a", "c"], ["*"], ["d"], ["zzz"]];
const spans = ["9s", "30s"];

type Step = { readonly what: string; readonly who: number; readonly arg: number };

/** Pages and their members on one server, driven at random; each must have all that is its own. */
class Run {
  readonly browser = new FakeBrowser();
  readonly world = this.browser.world;
  readonly server = new FakeStreamServer(this.world, names);
  readonly followers: { follower: Follower; series: readonly string[] }[] = [];
  readonly #away = new Set<FakePage>();

  async step({ what, who, arg }: Step): Promise<void> {
    const { browser, server, world } = this;
    const pages = browser.pages.filter((page) => !page.crashed);
    const page = pages[who % Math.max(1, pages.length)];
    switch (what) {
      case "open":
        if (pages.length < 4) this.join(browser.open(), arg);
        break;
      case "join":
        if (page && !this.#away.has(page)) this.join(page, arg);
        break;
      case "leave":
        this.followers[who % Math.max(1, this.followers.length)]?.follower.off.abort();
        break;
      case "close":
        if (pages.length > 1) page!.close();
        break;
      case "crash":
        if (pages.length > 1) page!.crash();
        break;
      case "crashLossy":
        if (pages.length > 1) {
          for (const other of pages) if (arg & (1 << pages.indexOf(other))) page!.lostTo.add(other);
          page!.crash();
        }
        break;
      case "hang":
        page?.hang();
        break;
      case "goOn":
        page?.goOn();
        break;
      case "putAway":
        if (page && !this.#away.has(page)) page.putAway();
        if (page) this.#away.add(page);
        break;
      case "bringBack":
        if (page && this.#away.delete(page)) page.bringBack();
        break;
      case "sight":
        page?.show(arg % 2 === 0);
        break;
      case "grow":
        server.grow(1 + (arg % 5));
        break;
      case "serve":
        await this.serve(1 + (arg % 3));
        break;
      case "fail":
        server.accept(true);
        break;
      case "cut":
        server.cut();
        break;
      case "reduce":
        server.reduce();
        break;
      case "trim":
        server.oldest = server.head - (arg % 4);
        if (arg % 3 === 0) server.oldestReduced = server.head - (arg % 4);
        break;
      case "epoch":
        server.epoch += "x";
        break;
      case "pass":
        await world.pass([1, 15, 300, 12_000][arg % 4]!);
    }
    await world.pass(0);
  }

  join(page: FakePage, arg: number): void {
    const series = selections[arg % selections.length]!;
    const span = spans[arg % spans.length]!;
    this.followers.push({ follower: page.follow({ series, span }), series });
  }

  async serve(times: number): Promise<void> {
    const { server, world, browser } = this;
    for (let i = 0; i < times; i++) {
      server.accept();
      server.send(({ request }) => {
        const at = world.requests.indexOf(request);
        return browser.pages.some((page) => page.hangs && page.requests.includes(at));
      });
      await world.pass(0);
    }
  }

  /** Everything comes back to life and has the time that it needs. */
  async finish(): Promise<void> {
    for (const page of this.browser.pages) page.goOn();
    for (const page of this.#away) page.bringBack();
    for (let i = 0; i < 12; i++) {
      await this.world.pass(i < 4 ? 31_000 : 300);
      await this.serve(8);
      if (i < 10) this.server.grow(1);
    }
  }

  check(strict: boolean): void {
    for (const { follower, series } of this.followers) {
      if (!follower.page.crashed && !follower.off.signal.aborted) {
        checkTold(follower, series, this.server, strict);
      }
    }
  }
}

function checkTold(
  { seen }: Follower,
  series: readonly string[],
  server: FakeStreamServer,
  strict: boolean,
) {
  const selection = parseSelection(series);
  const known = new Set<number>();
  let from: number | undefined;
  let repeats = false;
  let position = -1;
  let isLive = false;
  for (const change of seen) {
    if (change.type === "reset") {
      assert.ok(!strict || !isLive, `reset: ${change.reason}`);
      known.clear();
      from = undefined;
      isLive = repeats = false;
      position = -1;
    }
    if (change.type === "reduced") repeats = true;
    assert.notEqual(change.type, "gap");
    if (change.type === "history") {
      from ??= change.from;
      isLive ||= change.done;
    }
    if (!("columns" in change)) continue;
    if (change.type === "samples") {
      assert.ok(isLive, "samples before the history is there");
      const { offset } = parsePosition(change.position!)!;
      assert.ok(offset > position, "positions grow");
      position = offset;
    }
    for (const [name, { values }] of change.columns) {
      assert.ok(selection.matches(name), `${name} is not of ${series}`);
      for (const value of values as number[]) {
        assert.ok(!known.has(value) || (change.type === "history" && repeats), `${value} twice`);
        known.add(value);
      }
    }
  }
  assert.ok(isLive && from !== undefined, "it is live in the end");
  const first = Math.round((from - timeOf(0)) / 1000);
  const missing = server
    .samplesOf(selection, first, server.head)
    .filter((s) => !known.has(s.offset));
  assert.deepEqual(missing, []);
}

const mild = ["open", "join", "join", "leave", "close", "sight", "grow", "grow", "serve", "serve"];
const rough = [...mild, "fail", "cut", "crash", "pass", "pass"];
const wild = [
  ...rough,
  "crashLossy",
  "hang",
  "goOn",
  "putAway",
  "bringBack",
  "reduce",
  "trim",
  "epoch",
];

function steps(whats: readonly string[]) {
  const step = fc.record({ what: fc.constantFrom(...whats), who: fc.nat(20), arg: fc.nat(60) });
  return fc.array(step, { maxLength: 80, size: "max" });
}

async function drive(all: readonly Step[], strict: boolean): Promise<void> {
  const run = new Run();
  const page = run.browser.open();
  run.join(page, 0);
  for (const step of all) await run.step(step);
  await run.finish();
  run.check(strict);
}

const runs = Number(process.env.PLOTCAST_TEST_RUNS ?? 60);

test("shared stream: whoever comes and goes, each member has each of its samples once", async () => {
  await fc.assert(
    fc.asyncProperty(steps(rough), (all) => drive(all, true)),
    { numRuns: runs },
  );
});

test("shared stream: whatever hangs, is lost or begins anew, each has its samples once or is told", async () => {
  await fc.assert(
    fc.asyncProperty(steps(wild), (all) => drive(all, false)),
    { numRuns: runs },
  );
});
