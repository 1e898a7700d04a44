import type { Zone } from "./local-zone.ts";

/** A zone by its IANA name. Throws RangeError for a name that is none. Each lookup asks `Intl`. */
export function zoneNamed(name: string): Zone {
  const format = new Intl.DateTimeFormat("en", { timeZone: name, timeZoneName: "longOffset" });
  return (time) => {
    const text = format.formatToParts(time).find((part) => part.type === "timeZoneName")!.value;
    const match = /([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(text);
    if (!match) return 0;
    const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
    return (match[1] === "-" ? -1000 : 1000) * seconds;
  };
}
