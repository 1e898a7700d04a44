/** What the last word of a name says of its unit. Only what is hardly ever meant otherwise. */
const words =
  "c °C,celsius °C,degc °C,f °F,fahrenheit °F,degf °F,kelvin K,percent %,pct %,perc %," +
  "bytes B,byte B,kb kB,mb MB,gb GB,tb TB,kib KiB,mib MiB,gib GiB,bits bit,bps bit/s," +
  "kbps kbit/s,mbps Mbit/s,gbps Gbit/s,seconds s,second s,secs s,sec s,s s,ms ms,millis ms," +
  "msec ms,milliseconds ms,us µs,usec µs,microseconds µs,ns ns,nanoseconds ns,minutes min," +
  "hours h,days d,w W,watt W,watts W,kw kW,mw mW,wh Wh,kwh kWh,v V,volt V,volts V,mv mV," +
  "amp A,amps A,ampere A,amperes A,ma mA,mah mAh,ohm Ω,ohms Ω,hz Hz,khz kHz,mhz MHz,ghz GHz," +
  "rpm rpm,pa Pa,hpa hPa,kpa kPa,mbar mbar,psi psi,ppm ppm,ppb ppb,lux lx,dbm dBm,kmh km/h," +
  "kph km/h,mph mph,km km,cm cm,mm mm,kg kg,mg mg,liters L,litres L";

const units = new Map(words.split(",").map((pair) => pair.split(" ") as [string, string]));

/**
 * The unit that a series seems to have by its name: `cpu_percent`, `battery.voltage_mv`, `tempC`.
 * A letter must be a part of the field's own name: `c` in `{"probe":{"c":1}}` says nothing. `others`
 * are the names it came with: of `probe_a`, `probe_b` and `probe_c` none is in °C.
 */
export function unitOf(name: string, others: Iterable<string> = []): string | undefined {
  const { stem, word, joint } = split(name);
  const unit = units.get(word);
  if (unit === undefined || stem === "") return undefined;
  if (word.length > 1) return unit;
  if (joint !== "_" && joint !== "-") return undefined;
  for (const other of others) {
    const sibling = split(other);
    const isLetter = sibling.stem === stem && sibling.word.length === 1;
    if (isLetter && !units.has(sibling.word)) return undefined;
  }
  return unit;
}

function split(name: string) {
  const plain = name.split("{", 1)[0]!.replace(/([a-z])([A-Z][a-z]*)$/, "$1_$2");
  const at = Math.max(...["_", ".", "-", " ", "/"].map((mark) => plain.lastIndexOf(mark)));
  const stem = plain.slice(0, Math.max(0, at));
  return { stem, joint: plain[at], word: plain.slice(at + 1).toLowerCase() };
}
