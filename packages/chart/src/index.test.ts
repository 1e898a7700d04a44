import assert from "node:assert/strict";
import { test } from "node:test";

test("chart: it can be imported where there is no page, and defining the element does nothing", async () => {
  assert.equal("HTMLElement" in globalThis, false);
  const { defineLiveChart, LiveChart } = await import("./index.ts");
  defineLiveChart();
  assert.equal(typeof LiveChart, "function");
});
