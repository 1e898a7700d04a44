import { connect, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { PlotcastError } from "@plotcast/protocol";
import { Hono } from "hono";
import type { Connection } from "../hub/connection.ts";
import type { Env } from "./face.ts";
import type { FindStream, Guard, RequestHead } from "./request-head.ts";
import { type HttpOptions, type HttpParts, type HttpPort, serveHttp } from "./serve-http.ts";

/** A port with a stream at `/stream`, which says `hello` and stays, and an app that echoes. For tests. */
export type FakePort = {
  readonly port: HttpPort;
  readonly number: number;
  /** Every viewer that came, in order, and what its connection's listener was told. */
  readonly viewers: FakeViewer[];
  /** Resolves to the next viewer, or to the one that came unnoticed. */
  next(): Promise<FakeViewer>;
  /** A client that sends text and collects the answer. */
  client(text?: string | Uint8Array): FakeClient;
};

export type FakeViewer = {
  readonly connection: Connection;
  readonly head: RequestHead;
  readonly told: string[];
  readonly closed: Promise<void>;
};

export async function fakePort(
  t: TestContext,
  options: Partial<HttpOptions> & {
    readonly guard?: Guard;
    readonly parts?: Partial<HttpParts>;
  } = {},
): Promise<FakePort> {
  const viewers: FakeViewer[] = [];
  const waiting: ((viewer: FakeViewer) => void)[] = [];
  let seen = 0;
  const findStream: FindStream = (head) => {
    if (head.path !== "/stream") return undefined;
    if (head.query.has("bad")) throw new PlotcastError("bad-input", "expected good, found bad");
    return (connection) => {
      const viewer = fakeViewer(connection, head);
      viewers.push(viewer);
      const wake = waiting.shift();
      if (wake) {
        seen++;
        wake(viewer);
      }
      connection.write(Buffer.from("hello\n"));
    };
  };
  const app = new Hono<Env>();
  app.all("*", async (c) => c.text(`${c.req.method} ${c.req.path} ${await c.req.text()}\n`));
  const port = await serveHttp(
    {
      app,
      findStream,
      guard: options.guard ?? openGuard,
      addressOf: (address) => address,
      answerError: (error, c) => c.text(`${error.message}\n`, 400),
      onError: (error) => {
        throw error;
      },
      ...options.parts,
    },
    { host: "127.0.0.1", port: 0, maxConnections: 20_000, ...options },
  );
  t.after(() => {
    port.closeAll();
    void port.close();
  });
  const number = Number(new URL(port.url).port);
  return {
    port,
    number,
    viewers,
    next: () => {
      const viewer = viewers[seen];
      if (viewer) {
        seen++;
        return Promise.resolve(viewer);
      }
      return new Promise((resolve) => waiting.push(resolve));
    },
    client: (text) => new FakeClient(connect(number, "127.0.0.1"), text),
  };
}

const openGuard: Guard = {
  judge: () => ({ headers: { Vary: "Origin" }, refused: undefined }),
  face: () => async (c, next) => {
    c.header("Vary", "Origin");
    await next();
  },
};

function fakeViewer(connection: Connection, head: RequestHead): FakeViewer {
  const told: string[] = [];
  const closed = new Promise<void>((resolve) => {
    connection.listener = {
      drained: () => void told.push("drained"),
      closed: () => {
        told.push("closed");
        resolve();
      },
    };
  });
  return { connection, head, told, closed };
}

/** Half of a conversation in bytes. */
export class FakeClient {
  readonly socket: Socket;
  text = "";
  readonly ended: Promise<void>;

  constructor(socket: Socket, send?: string | Uint8Array) {
    this.socket = socket;
    socket.on("error", () => {});
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => {
      this.text += chunk;
    });
    this.ended = new Promise((resolve) => socket.on("close", () => resolve()));
    if (send !== undefined) socket.write(send);
  }

  /** Resolves once the answer so far matches; rejects if it ends before. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.text)) {
      if (this.socket.closed) throw new Error(`ended with ${JSON.stringify(this.text)}`);
      await Promise.race([new Promise((resolve) => this.socket.once("data", resolve)), this.ended]);
    }
    return this.text;
  }

  /** The whole answer. */
  async all(): Promise<string> {
    await this.ended;
    return this.text;
  }
}

/** A request as browsers and curl write it. */
export function getRequest(path: string, headers: Record<string, string> = {}): string {
  const all = { Host: "localhost", ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
}
