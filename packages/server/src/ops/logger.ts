import { type DestinationStream, type Logger, pino } from "pino";

export type { Logger } from "pino";

/** Logs to stderr: lines of JSON for machines, and short plain lines for a person at a terminal. */
export function createLogger(
  level: string,
  stderr: { isTTY?: boolean; write(text: string): unknown } = process.stderr,
): Logger {
  const destination: DestinationStream = {
    write: (line) => void stderr.write(stderr.isTTY ? forPerson(line) : line),
  };
  return pino({ level, base: null }, destination);
}

/** `10:15:02 viewer joined address=127.0.0.1 path=/v1/stream` */
function forPerson(line: string): string {
  const { level, time, msg, err, ...rest } = JSON.parse(line) as Record<string, unknown>;
  const clock = new Date(time as number).toTimeString().slice(0, 8);
  const fields = Object.entries(rest).map(([key, value]) => ` ${key}=${value}`);
  const mark = (level as number) >= 50 ? "error: " : "";
  const stack = err ? `\n${(err as { stack?: string }).stack}` : "";
  return `${clock} ${mark}${msg}${fields.join("")}${stack}\n`;
}
