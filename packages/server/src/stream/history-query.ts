import type { Context } from "hono";
import { accepts } from "hono/accepts";
import { choiceParam, contradiction, flagParam, pxParam, timeParam } from "./query.ts";

/** How history is written. */
export type HistoryFormat = "json" | "csv" | "ndjson";

export const contentTypes: Readonly<Record<HistoryFormat, string>> = {
  json: "application/json",
  csv: "text/csv; charset=utf-8",
  ndjson: "application/x-ndjson",
};

/** What a request for history asks, besides the selection. */
export type HistoryQuery = {
  /** Unix milliseconds; both ends belong to the range. */
  readonly from: number;
  readonly to: number;
  /** Both ends were named: the same question will be about the same range for ever. */
  readonly fixed: boolean;
  /** Undefined: every sample. */
  readonly px: number | undefined;
  readonly as: "values" | "rates";
  readonly format: HistoryFormat;
};

const quarterHour = 15 * 60_000;

/** Throws `bad-input` for a question that cannot be understood. */
export function parseHistoryQuery(c: Context, now: number): HistoryQuery {
  const [fromText, toText] = [c.req.query("from"), c.req.query("to")];
  const from = timeParam("from", fromText, now - quarterHour, now);
  const to = timeParam("to", toText, now, now);
  if (from > to) throw contradiction('expected "from" to be before "to"');
  const as = choiceParam("as", c.req.query("as"), ["values", "rates"]);
  const format = formatOf(c);
  const raw = flagParam("raw", c.req.query("raw"));
  if (raw && as === "rates") throw contradiction("expected raw=1 or as=rates, found both");
  // A table that is to be kept has every sample; what is drawn has no more than the screen shows.
  const all = raw || (format !== "json" && as === "values" && c.req.query("px") === undefined);
  const px = pxParam(c.req.query("px"));
  const fixed = [fromText, toText].every(isFixed);
  return { from, to, fixed, px: all ? undefined : px, as, format };
}

function formatOf(c: Context): HistoryFormat {
  const format = c.req.query("format");
  if (format !== undefined) return choiceParam("format", format, ["json", "csv", "ndjson"]);
  const names = Object.entries(contentTypes).map(([name, type]) => [type.split(";")[0]!, name]);
  const found = accepts(c, {
    header: "Accept",
    supports: names.map(([type]) => type!),
    default: "application/json",
  });
  return Object.fromEntries(names)[found] as HistoryFormat;
}

function isFixed(text: string | undefined): boolean {
  return text !== undefined && text !== "now" && !text.startsWith("-");
}
