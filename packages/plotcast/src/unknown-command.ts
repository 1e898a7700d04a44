import { PlotcastError } from "@plotcast/protocol";
import { commandNames } from "./help-pages.ts";
import { nearest } from "./nearest.ts";

export const seeHelp = 'see "plotcast --help"';

/** What to say of a command that there is not; `before` is what stands before it: `plotcast help`. */
export function unknownCommand(found: string, before = "plotcast"): PlotcastError {
  const shown = JSON.stringify(found.slice(0, 80));
  const meant = nearest(found, commandNames);
  // A command after an option: what follows it might belong to either.
  if (meant === found)
    return new PlotcastError(
      "bad-input",
      `expected ${shown} before all options: plotcast ${found} …`,
    );
  const advice = meant ? `did you mean "${before} ${meant}"?` : seeHelp;
  return new PlotcastError("bad-input", `unknown command ${shown}; ${advice}`);
}
