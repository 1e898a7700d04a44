import { isWanted } from "./flags.ts";
import { nchan } from "./nchan.ts";
import { ours } from "./ours.ts";
import { betterSse, flask, floor, gunicorn, naive } from "./self-paced.ts";
import type { System } from "./system.ts";

/** All that are compared, ours first; less if `--only` says so. */
export const systems: readonly System[] = [
  ours,
  nchan,
  naive,
  betterSse,
  gunicorn,
  flask,
  floor,
].filter(({ name }) => isWanted(name));
