/** How the pages of one origin in one browser reach each other: as browsers have it. */
export type Tabs = {
  /** Whatever the others post to a channel of that name is given to `hear`. May throw. */
  readonly openChannel: (name: string, hear: (message: unknown) => void) => Channel;
  /** `navigator.locks.request`: settles once `held` has, or the lock was stolen or cannot be had. */
  readonly lock: (name: string, options: LockOptions, held: () => Promise<void>) => Promise<void>;
};

export type Channel = {
  readonly post: (message: unknown) => void;
  readonly close: () => void;
};

/**
 * Undefined where there are none: in Node, in files and sandboxed frames, whose origin nobody shares,
 * and on pages from plain http, but for those of this machine, since browsers have no locks there.
 */
export function openTabs(): Tabs | undefined {
  const { origin, BroadcastChannel } = globalThis;
  if (!/^https?:/.test(String(origin)) || !BroadcastChannel) return undefined;
  const { locks } = globalThis.navigator;
  if (!locks) return undefined;
  return {
    openChannel(name, hear) {
      const channel = new BroadcastChannel(name);
      channel.onmessage = ({ data }) => hear(data);
      return {
        post: (message) => channel.postMessage(message),
        close: () => channel.close(),
      };
    },
    lock: (name, options, held) => locks.request(name, options, held),
  };
}
