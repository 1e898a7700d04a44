/** What is read of an element. */
export type EmbedElement = {
  readonly localName: string;
  readonly attributes: Iterable<{ readonly name: string; readonly value: string }>;
  readonly children: Iterable<EmbedElement>;
  readonly textContent: string | null;
};

/** What belongs to the page that a chart is on, not to the chart; and what would run there. */
const left = /^(?:id|class|slot|hidden|tabindex|part|on.*)$/i;

/** Attributes that hold an address. */
const addresses = ["src"];

/** Children that say something about a chart; others are for browsers that know no such element. */
const telling = /^live-(?:series|threshold|annotation)$/;

/**
 * HTML that shows the same chart on another page: the element with its attributes and what its
 * children say of it, and the script that defines it. `base`: what relative addresses are relative to.
 */
export function embedOf(element: EmbedElement, script: string, base: string): string {
  const source = escapeText(absolute(script, base));
  const children = [...element.children].filter(({ localName }) => telling.test(localName));
  const inner = children.map(
    (child) => `  ${written(child, base, escapeText(child.textContent ?? ""))}\n`,
  );
  const content = inner.length === 0 ? "" : `\n${inner.join("")}`;
  const { attributes } = element;
  const chart = written({ localName: "live-chart", attributes }, base, content);
  return `<script type="module" src="${source}"></script>\n${chart}\n`;
}

type Attributed = Pick<EmbedElement, "localName" | "attributes">;

function written({ localName, attributes }: Attributed, base: string, content: string): string {
  const kept = [...attributes].filter(({ name }) => !left.test(name));
  const texts = kept.map(({ name, value }) => {
    const text = addresses.includes(name) ? allAbsolute(value, base) : value;
    return text === "" ? ` ${name}` : ` ${name}="${escapeText(text)}"`;
  });
  return `<${localName}${texts.join("")}>${content}</${localName}>`;
}

/** There may be several. Who may read is not for everyone who gets to see the page: no token goes along. */
function allAbsolute(value: string, base: string): string {
  const own = value.split(/\s+/).filter((address) => address !== "");
  return own.map((address) => withoutToken(absolute(address, base))).join(" ");
}

function withoutToken(address: string): string {
  if (!/[?&]token=/.test(address)) return address;
  const url = new URL(address);
  url.searchParams.delete("token");
  return url.href;
}

function absolute(address: string, base: string): string {
  try {
    return new URL(address, base).href;
  } catch {
    return address; // what is wrong here is wrong there, and the chart says so
  }
}

function escapeText(text: string): string {
  const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (sign) => names[sign]!);
}
