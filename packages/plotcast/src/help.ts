import { styleText } from "node:util";
import type { Command, Help } from "commander";

/** What a help page has besides its options. */
export type Page = {
  readonly title: string;
  readonly examples: readonly Row[];
  readonly usage: readonly string[];
  /** Tables after the options. */
  readonly tables?: readonly (readonly [heading: string, rows: readonly Row[]])[];
};

export type Row = readonly [term: string, description: string];

/** A help page: what it is for, then examples, since most readers look for one to copy. */
export function formatPage(page: Page, command: Command, helper: Help): string {
  const section = (heading: string, rows: readonly Row[]) =>
    helper.formatItemList(
      heading,
      rows.map(([term, text]) => helper.formatItem(term, widest(rows), text, helper)),
      helper,
    );
  const options = helper.groupItems(
    [...command.options],
    helper.visibleOptions(command),
    (option) => option.helpGroupHeading ?? "Other:",
  );
  const optionRows = (group: ReturnType<Help["visibleOptions"]>) =>
    group.map((option): Row => [helper.optionTerm(option), helper.optionDescription(option)]);
  return [
    helper.boxWrap(page.title, helper.helpWidth ?? 80),
    "",
    ...section("Examples:", page.examples),
    helper.styleTitle("Usage:"),
    ...page.usage.map((line) => `  ${line}`),
    "",
    ...[...options].flatMap(([heading, group]) => section(heading, optionRows(group))),
    ...(page.tables ?? []).flatMap(([heading, rows]) => section(heading, rows)),
  ].join("\n");
}

// Each section has its own column: one wide example must not push every description to the right.
function widest(rows: readonly Row[]): number {
  return Math.max(...rows.map(([term]) => term.length));
}

/** Bold headings; commander takes the colour out again where it is not wanted. */
export function styleTitle(title: string): string {
  return styleText("bold", title, { validateStream: false });
}
