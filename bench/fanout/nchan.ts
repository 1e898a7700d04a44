import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { findTool } from "../../scripts/system-tools.js";
import { sayOnce } from "../store/figures.ts";
import { freePort } from "../store/http.ts";
import { onCore, serverCore } from "./cores.ts";
import { startPublisher } from "./publisher.ts";
import { answering } from "./request.ts";
import type { System } from "./system.ts";

const moduleFiles = [
  "/usr/lib/nginx/modules",
  "/usr/share/nginx/modules",
  "/usr/lib64/nginx/modules",
].map((folder) => path.join(folder, "ngx_nchan_module.so"));

/** nchan inside nginx, one worker: Debian's `libnginx-mod-nchan`. */
export const nchan: System = {
  name: "nginx + nchan",
  start: async (scratch, _programs, { history, port, stamp = "due" } = {}) => {
    const nginx = findTool("nginx");
    const module = moduleFiles.find((file) => existsSync(file));
    if (nginx === undefined || module === undefined) {
      sayOnce("nchan: not measured; sh bench/fanout/setup.sh installs it");
      return undefined;
    }
    const at = port ?? (await freePort());
    const dir = scratch.folder(`nchan-${at}`);
    const file = path.join(dir, "nginx.conf");
    writeFileSync(file, configuration({ dir, module, port: at, history }));
    const args = ["-p", dir, "-c", file, "-e", path.join(dir, "error.log")] as const;
    const [command, ...rest] = onCore(serverCore, [nginx, ...args]);
    const child = scratch.start(command, rest);
    const url = `http://127.0.0.1:${at}`;
    await answering(`${url}/up`);
    const publisher = await startPublisher(scratch, {
      url: `${url}/pub`,
      body: "event",
      series: ["p"],
      values: "row",
      each: true,
      tickMs: 0,
      connections: 8,
      stamp,
    });
    return {
      name: nchan.name,
      pid: child.process.pid!,
      port: at,
      path: "/sub",
      format: "plain",
      rate: async (perSecond) => {
        await publisher.rate(perSecond);
      },
      stop: async () => {
        await publisher.stop();
        await child.stop();
      },
    };
  },
};

type Configuration = {
  readonly dir: string;
  readonly module: string;
  readonly port: number;
  readonly history: number | undefined;
};

/** As its manual has it. Nothing is kept but what a bench asks for. */
function configuration({ dir, module, port, history }: Configuration): string {
  return `
daemon off;
user ${process.getuid?.() === 0 ? "root" : "nobody"};
worker_processes 1;
worker_rlimit_nofile 20000;
load_module ${module};
pid ${dir}/nginx.pid;
error_log ${dir}/error.log;
events { worker_connections 19000; }
http {
  access_log off;
  keepalive_requests 1000000000;
  nchan_shared_memory_size 256M;
  client_body_temp_path ${dir}/body;
  proxy_temp_path ${dir}/proxy;
  fastcgi_temp_path ${dir}/fastcgi;
  uwsgi_temp_path ${dir}/uwsgi;
  scgi_temp_path ${dir}/scgi;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    tcp_nodelay on;
    location = /up { return 200; }
    location = /pub {
      nchan_publisher;
      nchan_channel_id p;
      nchan_message_buffer_length ${history ?? 10};
      nchan_message_timeout 1h;
    }
    location = /sub {
      nchan_subscriber eventsource;
      nchan_channel_id p;
      nchan_subscriber_first_message ${history === undefined ? "newest" : "oldest"};
    }
  }
}
`;
}
