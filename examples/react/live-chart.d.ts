import type { LiveChart, LiveChartProps } from "@plotcast/chart";
import type { DetailedHTMLProps, HTMLAttributes } from "react";

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "live-chart": DetailedHTMLProps<
        Omit<HTMLAttributes<LiveChart>, keyof LiveChartProps>,
        LiveChart
      > &
        LiveChartProps;
    }
  }
}
