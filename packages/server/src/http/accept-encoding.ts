/** Whether an `Accept-Encoding` takes gzip: named, or meant by `*`, and not with `q=0`. */
export function acceptsGzip(header: string | undefined): boolean {
  // What nearly every browser sends, and the whole answer for those who send nothing.
  if (header === undefined) return false;
  if (header.startsWith("gzip,")) return true;
  let any = false;
  for (const part of header.toLowerCase().split(",")) {
    const [name = "", ...params] = part.split(";").map((text) => text.trim());
    const accepted = !params.some((param) => /^q\s*=\s*0(\.0*)?$/.test(param));
    if (name === "gzip" || name === "x-gzip") return accepted;
    if (name === "*") any = accepted;
  }
  return any;
}
