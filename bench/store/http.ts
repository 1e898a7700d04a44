import { once } from "node:events";
import { Agent, request } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

// Connections stay open, as a serious sender's do.
const agent = new Agent({ keepAlive: true, maxSockets: 16 });

export type Answer = { readonly status: number; readonly body: Buffer };

/** One request, its answer read to the end. Plain node:http costs the sender least. */
export function send(method: "GET" | "POST", url: string, body?: Uint8Array): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = body ? { "Content-Length": body.byteLength } : {};
    const call = request(url, { method, agent, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts) }),
      );
      response.on("error", reject);
    });
    call.on("error", reject);
    call.end(body);
  });
}

/** As `send`, and rejects with what the server says if that is not a success. */
export async function ask(method: "GET" | "POST", url: string, body?: Uint8Array): Promise<Buffer> {
  const answer = await send(method, url, body);
  if (answer.status >= 200 && answer.status < 300) return answer.body;
  throw new Error(`${url.slice(0, 200)}: ${answer.status} ${answer.body.toString().slice(0, 500)}`);
}

/** A local port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Resolves once `url` answers well. Rejects after 20 s. */
export async function answering(url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const status = await send("GET", url).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status >= 200 && status < 300) return;
    await delay(100);
  }
  throw new Error(`cannot measure: ${url} does not answer`);
}
