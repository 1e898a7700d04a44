import { fork } from "node:child_process";
import { type Channel, processChannel } from "./channel.ts";

/** The process of a worker, as the main process has it. */
export type Child = {
  readonly pid: number | undefined;
  readonly channel: Channel;
  /** Resolves, to what people are told of its end, when the process is no more. */
  readonly ended: Promise<string>;
  /** Ends it at once, also one that stands still. */
  kill(): void;
  /** Closes the line, whereupon it ends. */
  disconnect(): void;
};

/** Starts a module in a process of its own, with the settings of this one. */
export function forkChild(module: URL): Child {
  const child = fork(module, {
    serialization: "advanced",
    // Input is the main process's to read, and output its to write: a pipe that a worker holds open
    // would never end for whoever reads it.
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  return {
    pid: child.pid,
    channel: processChannel(child),
    ended: new Promise((resolve) => {
      child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
      // Without a process there is no exit.
      child.on("error", (error) => {
        if (child.pid === undefined) resolve(error.message);
      });
    }),
    kill: () => void child.kill("SIGKILL"),
    disconnect: () => {
      if (child.connected) child.disconnect();
    },
  };
}
