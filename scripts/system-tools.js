import { existsSync } from "node:fs";
import path from "node:path";

/** In CI a missing tool is a failure; on somebody's own machine it only costs the tests that need it. */
export const inCi = !["", "0", "false"].includes(process.env.CI ?? "");

/**
 * What tests drive and npm cannot bring. `files` are looked up on the PATH unless they are absolute;
 * the first one found is used. `packages` are Debian's names, of which the first that apt knows is
 * installed.
 *
 * Plain JavaScript, because set-up runs on the machine's Node before anything is installed.
 *
 * @type {Record<string, { files: string[], packages: string[] }>}
 */
const systemTools = {
  chromium: {
    files: [
      "chromium",
      "chromium-browser",
      "google-chrome",
      "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ],
    packages: ["chromium"],
  },
  firefox: {
    files: ["firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"],
    packages: ["firefox-esr", "firefox"],
  },
  nginx: { files: ["nginx"], packages: ["nginx"] },
  vmstat: { files: ["vmstat", "vm_stat"], packages: ["procps"] },
  ping: { files: ["ping"], packages: ["iputils-ping"] },
  curl: { files: ["curl"], packages: ["curl"] },
  openssl: { files: ["openssl"], packages: ["openssl"] },
  // The load client of the benches is C, and what measures is tested, too.
  cc: { files: ["cc"], packages: ["gcc"] },
  "C headers": {
    files: ["/usr/include/stdio.h", "/Library/Developer/CommandLineTools"],
    packages: ["libc6-dev"],
  },
  zlib: {
    files: ["/usr/include/zlib.h", "/Library/Developer/CommandLineTools"],
    packages: ["zlib1g-dev"],
  },
  // Without a font a screenshot has boxes where its labels should be.
  fonts: {
    files: ["/usr/share/fonts/truetype", "/usr/share/fonts/TTF", "/System/Library/Fonts"],
    packages: ["fonts-dejavu-core"],
  },
};

/**
 * What benches use if it is there: what they measure beside us, and how they keep to one core.
 * Nothing installs these, since Debian's packages of servers start them.
 *
 * @type {typeof systemTools}
 */
const benchTools = {
  influxd: { files: ["influxd"], packages: ["influxdb"] },
  prometheus: { files: ["prometheus"], packages: ["prometheus"] },
  promtool: { files: ["promtool"], packages: ["prometheus"] },
  taskset: { files: ["taskset"], packages: ["util-linux"] },
};

// Servers such as nginx live where an ordinary user's PATH does not reach.
const folders = [
  ...(process.env.PATH ?? "").split(path.delimiter),
  "/usr/sbin",
  "/usr/local/sbin",
  "/sbin",
  "/opt/homebrew/bin",
];

/**
 * The full path of a tool, or undefined if this machine does not have it.
 *
 * @param {string} name
 * @returns {string | undefined}
 */
export function findTool(name) {
  const tool = systemTools[name] ?? benchTools[name];
  if (!tool) throw new Error(`BUG: no tool is called ${JSON.stringify(name)}`);
  return tool.files
    .flatMap((file) => (path.isAbsolute(file) ? [file] : folders.map((at) => path.join(at, file))))
    .find((file) => existsSync(file));
}

/**
 * The tools this machine lacks, each with the Debian packages that may bring it.
 *
 * @returns {{ name: string, packages: string[] }[]}
 */
export function missingTools() {
  return Object.entries(systemTools)
    .filter(([name]) => findTool(name) === undefined)
    .map(([name, { packages }]) => ({ name, packages }));
}
