import { once } from "node:events";
import path from "node:path";
import { findTool } from "../../scripts/system-tools.js";
import { sayOnce } from "./figures.ts";
import type { Scratch } from "./scratch.ts";

/** How a child's Node is started. */
export type ChildOptions = {
  /** Keep all of its threads to this core, where `taskset` is there to do so. */
  readonly core?: number;
  /** Settings of V8. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
};

/** A running child; what it measures does not share its threads with what measures. */
export type NodeChild<Answer> = {
  /** Gives it something to do; resolves to what it says next. */
  readonly ask: (question: object) => Promise<Answer>;
  /** As if the power had failed. */
  readonly kill: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** Starts a file of this folder that calls `answerParent`. */
export function startChild<Answer>(
  scratch: Scratch,
  file: string,
  { core, flags = [], env = {} }: ChildOptions = {},
): NodeChild<Answer> {
  const node = [
    process.execPath,
    ...flags,
    ...process.execArgv,
    path.join(import.meta.dirname, file),
  ];
  const taskset = core === undefined ? undefined : findTool("taskset");
  if (core !== undefined && !taskset) sayOnce("not kept to one core: there is no taskset");
  const [command, ...args] = taskset ? [taskset, "-c", String(core), ...node] : node;
  const child = scratch.start(command!, args, {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: { ...process.env, ...env },
  });
  return {
    stop: child.stop,
    kill: () => child.stop("SIGKILL"),
    ask: (question) =>
      new Promise((resolve, reject) => {
        const ended = () => reject(new Error(`cannot measure: ${file} has ended`));
        child.process.once("exit", ended);
        child.process.once("message", (answer) => {
          child.process.off("exit", ended);
          resolve(answer as Answer);
        });
        child.process.send(question);
      }),
  };
}

/** Asks a child of its own one thing. */
export async function askChild<Answer>(
  scratch: Scratch,
  file: string,
  question: object,
  options?: ChildOptions,
): Promise<Answer> {
  const child = startChild<Answer>(scratch, file, options);
  const answer = await child.ask(question);
  await child.stop();
  return answer;
}

/** In the child: answers each question in its turn. Ends the process when its parent is gone. */
export async function answerParent<Question>(
  answer: (question: Question) => Promise<object>,
): Promise<void> {
  process.once("disconnect", () => process.exit());
  for (;;) {
    const [question] = (await once(process, "message")) as [Question];
    process.send!(await answer(question));
  }
}
