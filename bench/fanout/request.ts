import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { setTimeout as elapsed } from "node:timers/promises";

// Connections stay open and take turns: one that idles may be closed just when it is wanted. The
// certificate is one that the bench made for itself.
const kept = { keepAlive: true, maxSockets: 16, scheduling: "fifo" } as const;
const plain = new HttpAgent(kept);
const secure = new HttpsAgent({ ...kept, rejectUnauthorized: false });

/** Sends to `http:` or `https:`. Rejects with what the server says if that is not a success. */
export function request(method: "GET" | "POST", url: string, body?: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = body ? { "Content-Length": body.byteLength } : {};
    const isSecure = url.startsWith("https:");
    const options = { method, headers, agent: isSecure ? secure : plain };
    const call = (isSecure ? httpsRequest : httpRequest)(url, options, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        if (text.length < 200) text += part;
      });
      response.on("error", reject);
      response.on("end", () => {
        const { statusCode = 0 } = response;
        if (statusCode >= 200 && statusCode < 300) resolve();
        else reject(new Error(`${url}: ${statusCode} ${text}`));
      });
    });
    call.on("error", reject);
    call.end(body);
  });
}

/** Resolves once `url` answers well. Rejects after 20 s. */
export async function answering(url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const answers = await request("GET", url).then(
      () => true,
      () => false,
    );
    if (answers) return;
    await elapsed(100);
  }
  throw new Error(`cannot measure: ${url} does not answer`);
}
