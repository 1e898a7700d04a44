import { defineLiveChart } from "@plotcast/chart";
import { mount } from "svelte";
import App from "./App.svelte";

defineLiveChart();
mount(App, { target: document.getElementById("app") });
