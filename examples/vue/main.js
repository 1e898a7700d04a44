import { defineLiveChart } from "@plotcast/chart";
import { createApp } from "vue";
import App from "./App.vue";

defineLiveChart();
createApp(App).mount("#app");
