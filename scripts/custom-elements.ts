import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

// The custom elements manifest of `<live-chart>`, for editors: made from the tables of its guide, which
// are the one place where it is described. Their first column tells what they are about.

const root = path.dirname(import.meta.dirname);
const guide = path.join(root, "docs/guide/live-chart.md");

type Described = { readonly name: string; readonly description: string };

/** What the tables of a guide describe. */
export type Documented = {
  readonly attributes: readonly Described[];
  readonly properties: readonly Described[];
  readonly events: readonly Described[];
  readonly cssProperties: readonly Described[];
  readonly cssParts: readonly Described[];
};

/** Reads the tables. A row whose first cell has several names describes each of them. */
export function readGuide(markdown = readFileSync(guide, "utf8")): Documented {
  const rows = new Map<string, Described[]>();
  let about: Described[] = [];
  let inTable = false;
  for (const line of markdown.split("\n")) {
    const [first, second] = cellsOf(line);
    if (first === undefined || second === undefined) {
      inTable = false;
    } else if (!inTable) {
      inTable = true;
      about = rows.get(first) ?? [];
      rows.set(first, about);
    } else {
      const names = [...first.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
      for (const name of names) about.push({ name, description: second });
    }
  }
  return {
    attributes: rows.get("attribute") ?? [],
    properties: rows.get("property") ?? [],
    events: rows.get("event") ?? [],
    cssProperties: rows.get("custom property") ?? [],
    cssParts: rows.get("part") ?? [],
  };
}

/** The manifest, by version 2.1.0 of its schema. */
export function manifestOf({ attributes, properties, events, ...css }: Documented): object {
  const module = "dist/index.js";
  const declaration = { name: "LiveChart", module };
  return {
    schemaVersion: "2.1.0",
    modules: [
      {
        kind: "javascript-module",
        path: module,
        declarations: [
          {
            kind: "class",
            name: "LiveChart",
            description: "A live chart of any SSE endpoint that sends JSON.",
            customElement: true,
            tagName: "live-chart",
            superclass: { name: "HTMLElement" },
            attributes,
            members: properties.map((property) => ({ kind: "field", ...property })),
            events: events.map((event) => ({ ...event, type: { text: "CustomEvent" } })),
            ...css,
          },
        ],
        exports: [{ kind: "js", name: "LiveChart", declaration }],
      },
      {
        kind: "javascript-module",
        path: "bundle/live-chart.js",
        exports: [{ kind: "custom-element-definition", name: "live-chart", declaration }],
      },
    ],
  };
}

/** Puts the manifest beside the compiled element. */
export function writeManifest(): void {
  const text = `${JSON.stringify(manifestOf(readGuide()), null, 2)}\n`;
  writeFileSync(path.join(root, "packages/chart/dist/custom-elements.json"), text);
}

/** The cells of a row of a table; of the line below its head, dashes. */
function cellsOf(line: string): string[] {
  if (!line.startsWith("| ") && !line.startsWith("|-")) return [];
  return line
    .slice(1, -1)
    .split("|")
    .map((cell) => cell.trim());
}
