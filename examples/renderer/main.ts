import { defineLiveChart, registerRenderer } from "@plotcast/chart";
import { createPaper } from "./paper.ts";

registerRenderer("paper", async () => createPaper);
defineLiveChart();
