import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { TestContext } from "node:test";
import { freePort, temporaryFolder } from "../plotcast-process.ts";

/**
 * A real nginx before `url`. Resolves to its address. `location` is what its one location does: unless
 * given, a plain `proxy_pass` and nothing else.
 */
export async function runNginx(
  t: TestContext,
  binary: string,
  url: string,
  location = `proxy_pass ${url};`,
): Promise<string> {
  const folder = await temporaryFolder(t);
  await mkdir(path.join(folder, "logs"));
  const port = await freePort();
  const config = path.join(folder, "nginx.conf");
  await writeFile(
    config,
    `daemon off;
    pid ${folder}/nginx.pid;
    error_log ${folder}/logs/error.log;
    events {}
    http {
      access_log off;
      client_body_temp_path ${folder}/body;
      proxy_temp_path ${folder}/proxy;
      fastcgi_temp_path ${folder}/fastcgi;
      uwsgi_temp_path ${folder}/uwsgi;
      scgi_temp_path ${folder}/scgi;
      server {
        listen 127.0.0.1:${port};
        location / { ${location} }
      }
    }`,
  );
  const child = spawn(binary, ["-p", folder, "-c", config], { stdio: "ignore" });
  const exited = once(child, "exit");
  t.after(() => {
    child.kill("SIGTERM");
    return exited;
  });
  const proxied = `http://127.0.0.1:${port}`;
  for (;;) {
    const up = await fetch(`${proxied}/v1/series`).then(
      () => true,
      () => false,
    );
    if (up) return proxied;
    if (child.exitCode !== null) throw new Error("nginx did not start");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
