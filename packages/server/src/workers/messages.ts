import { type ErrorCode, PlotcastError } from "@plotcast/protocol";

/** What travels between two peers. Each side numbers its own calls. */
export type Message =
  | { readonly kind: "tell"; readonly name: string; readonly argument: unknown }
  | Question
  | Answer;

export type Question =
  | {
      readonly kind: "call";
      readonly id: number;
      readonly name: string;
      readonly argument: unknown;
    }
  /** The next page. */
  | { readonly kind: "next"; readonly id: number }
  | { readonly kind: "cancel"; readonly id: number };

export type Answer =
  | { readonly kind: "answer"; readonly id: number; readonly value: unknown }
  /** There are no more pages. */
  | { readonly kind: "done"; readonly id: number }
  | { readonly kind: "failure"; readonly id: number; readonly failure: Failure };

/** An error as it travels; without a code it is a bug. */
export type Failure = { readonly code?: ErrorCode; readonly message: string };

export function failureOf(error: unknown): Failure {
  if (error instanceof PlotcastError) return { code: error.code, message: error.message };
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

export function errorOf({ code, message }: Failure): Error {
  if (code) return new PlotcastError(code, message);
  return new Error(`BUG: ${message.replace(/^(Error: )?(BUG: )?/, "")}`);
}
