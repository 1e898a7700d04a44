import { readdirSync, readFileSync } from "node:fs";

// What /proc counts processor time in: 100 a second on every Linux that Node runs on.
const tickMs = 10;

/** Processor time of a process, its threads and its children, user and system, in ms. */
export function cpuMs(pid: number): number {
  return tree(pid).reduce((sum, { ticks }) => sum + ticks * tickMs, 0);
}

/** Memory of a process and its children that belongs to nobody else, in bytes. */
export function rssBytes(pid: number): number {
  return tree(pid).reduce((sum, { pid }) => sum + anonymousBytes(pid), 0);
}

/** Memory that the kernel keeps for the sockets of the machine, in bytes. */
export function tcpBytes(): number {
  const line = /^TCP:.* mem (\d+)/m.exec(readFileSync("/proc/net/sockstat", "utf8"));
  return Number(line?.[1] ?? 0) * 4096;
}

function anonymousBytes(pid: number): number {
  const line = /^RssAnon:\s+(\d+) kB/m.exec(read(pid, "status"));
  return Number(line?.[1] ?? 0) * 1024;
}

type Process = { readonly pid: number; readonly parent: number; readonly ticks: number };

function tree(root: number): Process[] {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const found = all.flatMap((name) => {
    // `pid (name) state parent …`; a name may hold anything, also brackets.
    const rest = read(Number(name), "stat").split(") ").at(-1)?.split(" ") ?? [];
    if (rest.length < 15) return [];
    // Fields 14 to 17 of proc(5): its own, and of children that have ended.
    const ticks = rest.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return [{ pid: Number(name), parent: Number(rest[1]), ticks }];
  });
  const below = (pid: number): Process[] => [
    ...found.filter((process) => process.pid === pid),
    ...found.filter((process) => process.parent === pid).flatMap((child) => below(child.pid)),
  ];
  return below(root);
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return ""; // it has just ended
  }
}
