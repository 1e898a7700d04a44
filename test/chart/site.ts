import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  request,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { bundlePages } from "../../scripts/bundle-pages.js";

/** A server of its own that does as it is told. */
export async function listen(t: TestContext, handle: RequestListener): Promise<string> {
  const server = createServer(handle).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Site</title>
<meta name="viewport" content="width=device-width">
<style>:root { color-scheme: light dark } body { margin: 16px; background: Canvas }</style>
<script type="module" src="/live-chart.js"></script>
<body></body>
`;

/** A site whose page is empty, with the real `/live-chart.js` and all that it loads. */
export async function openSite(
  t: TestContext,
  handlers: Readonly<Record<string, RequestListener>>,
): Promise<string> {
  const { files } = await bundlePages();
  return await listen(t, (asked, response) => {
    const { pathname } = new URL(asked.url!, "http://site");
    const script = files.get(pathname.slice(1));
    const handler = handlers[pathname];
    if (handler) handler(asked, response);
    else if (script) response.setHeader("content-type", "text/javascript").end(script);
    else if (pathname === "/") response.setHeader("content-type", "text/html").end(html);
    else response.writeHead(404).end();
  });
}

/** A stream of events that promises nothing, as most are. */
export class Feed {
  /** Whoever comes finds nobody. */
  down = false;
  /** How often it was asked for. */
  asked = 0;
  readonly #viewers = new Set<ServerResponse>();
  readonly #opening: () => string;

  /** `opening`: what everyone is told first. */
  constructor(opening: string | (() => string) = "") {
    this.#opening = typeof opening === "string" ? () => opening : opening;
  }

  readonly handle = (asked: IncomingMessage, response: ServerResponse): void => {
    this.asked++;
    if (this.down) {
      asked.socket.destroy();
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    // Firefox tells a page of an answer when there is something in it.
    response.write(`:\n\n${this.#opening()}`);
    this.#viewers.add(response);
    response.on("close", () => this.#viewers.delete(response));
  };

  get viewers(): number {
    return this.#viewers.size;
  }

  /** Flask's way: no space after the colon, no id. */
  send(data: unknown, event?: string): void {
    for (const viewer of this.#viewers) viewer.write(eventText(data, event));
  }

  cut(): void {
    for (const viewer of this.#viewers) viewer.destroy();
  }
}

/** One event, as a stream has it. */
export function eventText(data: unknown, event?: string): string {
  const text = typeof data === "string" ? data : JSON.stringify(data);
  return `${event === undefined ? "" : `event: ${event}\n`}data:${text}\n\n`;
}

/** What stands between a page and a server, and can be cut. */
export class Relay {
  /** Nobody is let through, those that were are cut off. */
  #down = false;
  /** How many requests were let through. */
  passed = 0;
  readonly #target: string;
  readonly #open = new Set<ServerResponse>();

  constructor(target: string) {
    this.#target = target;
  }

  set down(down: boolean) {
    this.#down = down;
    if (down) this.cut();
  }

  cut(): void {
    for (const response of this.#open) response.destroy();
  }

  readonly handle = (asked: IncomingMessage, response: ServerResponse): void => {
    if (this.#down) {
      asked.socket.destroy();
      return;
    }
    this.passed++;
    const target = new URL(asked.url!, this.#target);
    const headers = { ...asked.headers, host: target.host };
    const onward = request(target, { method: asked.method!, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    this.#open.add(response);
    response.on("close", () => {
      this.#open.delete(response);
      onward.destroy();
    });
    onward.end();
  };
}
