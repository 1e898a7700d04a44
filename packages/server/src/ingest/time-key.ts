/** Whether a key names the time of the values beside it. */
export function isTimeKey(key: string): boolean {
  // By length first: this is asked for every key of every record.
  switch (key.length) {
    case 2:
      return key.toLowerCase() === "ts";
    case 4:
      return key.toLowerCase() === "time";
    case 9:
      return key.toLowerCase() === "timestamp";
    default:
      return false;
  }
}
