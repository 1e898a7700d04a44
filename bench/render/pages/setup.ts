/** What a page is to draw, and how fast it is told. Read from the page's address. */
export type Setup = {
  readonly variant: string;
  readonly charts: number;
  readonly series: number;
  /** Messages a second and chart. */
  readonly hz: number;
  /** Samples of each series in a message. */
  readonly samples: number;
  readonly spanMs: number;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Each message is about one series only, so there are as many times more. */
  readonly apart: boolean;
};

export function readSetup(search: string): Setup {
  const asked = new URLSearchParams(search);
  const number = (name: string, usual: number) => Number(asked.get(name) ?? usual);
  return {
    variant: asked.get("variant") ?? "nothing",
    charts: number("charts", 1),
    series: number("series", 6),
    hz: number("hz", 10),
    samples: number("samples", 1),
    spanMs: number("span", 60) * 1000,
    width: number("width", 400),
    height: number("height", 200),
    apart: asked.has("apart"),
  };
}

/** Samples of some series of one chart, columnar; `first` is the place of the first of these series. */
export type Batch = {
  readonly times: readonly number[];
  readonly first: number;
  readonly columns: readonly (readonly number[])[];
};

/** One chart as somebody would build it. */
export type Drawn = { readonly take: (batch: Batch) => void };

export type Build = (host: HTMLElement, setup: Setup, tally: Tally) => Drawn | Promise<Drawn>;

/** What is counted while drawing. */
export type Tally = { draws: number; drawMs: number[] };

/** Makes the drawing count, and says how long it took. */
export function counted(tally: Tally, draw: () => void): void {
  const since = performance.now();
  draw();
  tally.draws++;
  // A bench of minutes must not become one of this array.
  if (tally.drawMs.length < 20_000) tally.drawMs.push(performance.now() - since);
}

/** Eight colours, so that all draw alike. */
export const colors = [
  ...["#4559d2", "#e75a0a", "#10957b", "#711a4b"],
  ...["#4f4606", "#aa6ae4", "#125b7d", "#ab3f4a"],
];
