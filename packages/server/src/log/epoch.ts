import { randomBytes } from "node:crypto";

/** A name for the life of a log. 40 random bits: it must differ from the few a viewer may have seen. */
export function newEpoch(random: (size: number) => Buffer = randomBytes): string {
  return random(5).readUIntBE(0, 5).toString(36).padStart(8, "0");
}
