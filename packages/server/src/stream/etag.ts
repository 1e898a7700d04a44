import { createHash } from "node:crypto";

/** A strong entity tag of whatever an answer depends on. */
export function entityTag(parts: readonly unknown[], ids: Iterable<number>): string {
  const hash = createHash("sha256").update(JSON.stringify(parts)).update(Uint32Array.from(ids));
  return `"${hash.digest("base64url").slice(0, 22)}"`;
}

/** Whether `If-None-Match` says that the asker has it. A proxy that compresses makes tags weak. */
export function hasTag(ifNoneMatch: string | undefined, tag: string): boolean {
  const given = (ifNoneMatch ?? "").split(",").map((text) => text.trim().replace(/^W\//, ""));
  return given.includes(tag) || given.includes("*");
}
