import type { Backend } from "../backend.ts";
import type { BackendCalls, BackendNews, Opening } from "./backend-calls.ts";
import type { Peer } from "./peer.ts";
import { RemoteLog } from "./remote-log.ts";
import { RemoteStore } from "./remote-store.ts";

/** The backend of the main process, as a worker has it, and what is to be done with what is told of it. */
export function remoteBackend(
  peer: Peer<BackendCalls>,
  opening: Opening,
): { readonly backend: Backend; readonly handlers: BackendNews } {
  const log = new RemoteLog(peer, opening);
  const store = new RemoteStore(peer, opening);
  return {
    backend: {
      log,
      store,
      // Whether there is room is decided where the samples are kept.
      append: (block) => log.append(block),
      takes: () => peer.call("takes", undefined),
      close: () => log.close(),
    },
    handlers: {
      news: (news) => {
        store.news(news);
        log.news(news);
        return undefined;
      },
      appended: (calls) => {
        log.appended(calls);
        return undefined;
      },
    },
  };
}
