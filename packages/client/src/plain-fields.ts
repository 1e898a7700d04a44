import { globMatches } from "@plotcast/protocol";

// Longer paths are no names that anyone has chosen, and globs take time with them.
const maxPathLength = 500;

/**
 * Whether a field is one of those that are wanted: a pattern is a name or a dotted path, or a glob of
 * either, of the field or of anything that it is inside of.
 */
export function matchesField(patterns: readonly string[], path: string): boolean {
  if (path.length > maxPathLength) return false;
  const names = path.split(".");
  return names.some((name, i) => {
    const outer = names.slice(0, i + 1).join(".");
    return patterns.some((pattern) => globMatches(pattern, name) || globMatches(pattern, outer));
  });
}

/** What is at the end of a dotted path, which may also be the name of one field. */
export function fieldAt(body: Record<string, unknown>, path: string): unknown {
  if (Object.hasOwn(body, path)) return body[path];
  let at: unknown = body;
  for (const name of path.split(".")) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}
