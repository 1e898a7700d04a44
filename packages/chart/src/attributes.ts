import type { LiveChartEvents } from "./events.ts";
import type { LiveChart } from "./live-chart.ts";

/** Every attribute of `<live-chart>` that it goes by, in the order in which they are documented. */
export const attributeNames = [
  ...(["src", "poll", "time-field", "time-format", "source-zone", "fields", "events"] as const),
  ...(["window", "span", "series", "as", "unit", "draw", "right"] as const),
  ...(["y-min", "y-max", "log", "zero", "thresholds", "title", "y-title"] as const),
  ...(["locale", "zone", "delay", "renderer", "size", "sync", "view"] as const),
] as const;

/** What can be written in a tag, here or in JSX. `true`: it is there; `false`: it is not. */
export type LiveChartAttributes = {
  readonly [name in (typeof attributeNames)[number]]?: string | number | boolean | undefined;
};

type Events = LiveChartEvents & { readonly viewchange: CustomEvent<LiveChart["view"]> };

/** What JSX may give to `<live-chart>`: attributes, properties, and a function for each event. */
export type LiveChartProps = Omit<LiveChartAttributes, "view"> & {
  readonly [name in "source" | "view"]?: LiveChart[name] | undefined;
} & {
  readonly [name in keyof Events as `on${name}`]?: ((event: Events[name]) => void) | undefined;
};
