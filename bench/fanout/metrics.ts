import { send } from "../store/http.ts";

/** Sum of a metric of our server over its labels; undefined if it does not tell it. */
export async function metric(url: string, name: string): Promise<number | undefined> {
  const { status, body } = await send("GET", `${url}/metrics`);
  if (status !== 200) return undefined;
  const values = body
    .toString()
    .split("\n")
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .map((line) => Number(line.slice(line.lastIndexOf(" "))));
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}
