import { defineLiveChart } from "@plotcast/chart";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App.tsx";

// Before the first render: React sets properties only of elements that have them.
defineLiveChart();
createRoot(document.getElementById("app")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
