import type { Change } from "./change.ts";
import type { Environment } from "./environment.ts";
import { FakeWorld } from "./fake-world.ts";
import type { FollowOptions } from "./follow.ts";
import { followShared } from "./index.ts";
import type { Tabs } from "./tabs.ts";

type Task = () => void;
type Lock = {
  readonly page: FakePage;
  readonly held: () => Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
};

/** Pages of one origin, which meet over channels and locks as browsers have them. */
export class FakeBrowser {
  readonly world = new FakeWorld();
  readonly pages: FakePage[] = [];
  readonly channels = new Set<{ page: FakePage; name: string; hear: (message: unknown) => void }>();
  /** By name; the first of each has it. */
  readonly locks = new Map<string, Lock[]>();
  #chance = 1;

  open(): FakePage {
    const page = new FakePage(this);
    this.pages.push(page);
    return page;
  }

  /** Different each time, and the same in each run. */
  random(): number {
    this.#chance = (this.#chance * 48_271) % 0x7fffffff;
    return this.#chance / 0x7fffffff;
  }

  /** Of those that wait, the first gets it. */
  release(name: string, lock: Lock): void {
    const all = this.locks.get(name) ?? [];
    const first = all[0] === lock;
    this.locks.set(
      name,
      all.filter((other) => other !== lock),
    );
    if (first) this.grant(name);
  }

  grant(name: string): void {
    const [lock] = this.locks.get(name) ?? [];
    lock?.page.task(() => {
      if (this.locks.get(name)?.[0] !== lock) return;
      lock.held().then(() => {
        lock.resolve();
        this.release(name, lock);
      }, lock.reject);
    });
  }
}

/** One page, with its own timers, channels and locks, that may hang, be put away, close or crash. */
export class FakePage {
  readonly environment: Environment;
  /** Without a warning, and everything of it is gone. */
  crashed = false;
  /** Those who do not get any more what it has posted: it crashed while it was on its way. */
  readonly lostTo = new Set<FakePage>();
  #browser: FakeBrowser;
  #off = new AbortController();
  #stuck: Task[] | undefined;
  #away: (away: boolean) => void = () => {};
  #sight: (visible: boolean) => void = () => {};
  #wake: (restored: boolean) => void = () => {};

  constructor(browser: FakeBrowser) {
    this.#browser = browser;
    const { world } = browser;
    this.environment = {
      fetch: (input, init) => {
        const signal = AbortSignal.any([init!.signal!, this.#off.signal]);
        const asked = world.environment.fetch(input, { ...init, signal });
        this.requests.push(world.requests.length - 1);
        return asked;
      },
      now: () => world.time,
      random: () => browser.random(),
      after: (ms, callback) => {
        let callOff = false;
        world.environment.after(ms, () => this.run(() => callOff || callback()));
        return () => {
          callOff = true;
        };
      },
      onWake: (listener) => {
        this.#wake = listener;
      },
      onAway: (listener) => {
        this.#away = listener;
      },
      onSight: (listener) => {
        this.#sight = listener;
        return true;
      },
      tabs: this.#tabs(),
      pageUrl: "http://127.0.0.1/",
    };
  }

  /** Numbers of its requests among all. */
  readonly requests: number[] = [];

  get hangs(): boolean {
    return this.#stuck !== undefined;
  }

  /** Follows, and collects what is told. */
  follow(options: Partial<FollowOptions> = {}): Follower {
    const off = new AbortController();
    const seen: Change[] = [];
    const { environment } = this;
    const given = { url: "/v1/stream", signal: off.signal, ...options, environment };
    const follower = { seen, off, done: false, page: this };
    const run = async () => {
      for await (const change of followShared(given)) seen.push(change);
      follower.done = true;
    };
    run();
    return follower;
  }

  /** Runs soon, unless the page is gone; when it hangs, later. */
  task(task: Task): void {
    this.#browser.world.environment.after(0, () => this.run(task));
  }

  run(task: Task): void {
    if (this.crashed) return;
    if (this.#stuck) this.#stuck.push(task);
    else task();
  }

  hang(): void {
    this.#stuck ??= [];
  }

  goOn(): void {
    const stuck = this.#stuck ?? [];
    this.#stuck = undefined;
    for (const task of stuck) this.task(task);
  }

  putAway(): void {
    this.#away(true);
  }

  bringBack(): void {
    this.#away(false);
    this.#wake(true);
  }

  show(visible: boolean): void {
    this.#sight(visible);
    if (visible) this.#wake(false);
  }

  close(): void {
    this.#away(true);
    this.crash();
  }

  crash(): void {
    this.crashed = true;
    this.#off.abort();
    const { locks, channels } = this.#browser;
    for (const [name, all] of locks) {
      for (const lock of all) if (lock.page === this) this.#browser.release(name, lock);
    }
    for (const channel of channels) if (channel.page === this) channels.delete(channel);
  }

  #tabs(): Tabs {
    const browser = this.#browser;
    return {
      openChannel: (name, hear) => {
        const own = { page: this, name, hear };
        browser.channels.add(own);
        return {
          post: (message) => {
            if (this.crashed) return;
            for (const other of browser.channels) {
              if (other === own || other.name !== name) continue;
              const copy = structuredClone(message);
              other.page.task(() => {
                if (browser.channels.has(other) && !this.lostTo.has(other.page)) other.hear(copy);
              });
            }
          },
          close: () => browser.channels.delete(own),
        };
      },
      lock: (name, { steal, signal }, held) => {
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        let granted = false;
        const grant = () => {
          granted = true;
          return held();
        };
        const lock: Lock = { page: this, held: grant, resolve, reject };
        const all = browser.locks.get(name) ?? [];
        const abort = () => {
          if (granted) return; // whoever has it keeps it
          browser.release(name, lock);
          reject(signal!.reason);
        };
        signal?.addEventListener("abort", abort);
        const [holder] = all;
        if (steal && holder) {
          browser.locks.set(name, [lock, ...all.slice(1)]);
          holder.page.task(() => holder.reject(new DOMException("stolen", "AbortError")));
        } else {
          browser.locks.set(name, [...all, lock]);
        }
        if (steal || !holder) browser.grant(name);
        return promise;
      },
    };
  }
}

export type Follower = {
  readonly seen: Change[];
  readonly off: AbortController;
  readonly page: FakePage;
  done: boolean;
};
