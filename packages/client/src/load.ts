import { PlotcastError } from "@plotcast/protocol";

/** Why a stream is not followed whose code is not there. */
export const notLoaded = "a part of the program cannot be loaded; reload the page if this lasts";

/** Code that most readers never need. Throws `unavailable` if it cannot be had. */
export async function load<Code>(code: Promise<Code>): Promise<Code> {
  try {
    return await code;
  } catch (cause) {
    throw new PlotcastError("unavailable", notLoaded, { cause });
  }
}
