const chart = document.querySelector("live-chart");
const toggle = document.querySelector("#toggle");
const hold = document.querySelector("#hold");
const span = document.querySelector("#span");
const told = document.querySelector("#told");

let state = "";
let samples = 0;
let gaps = 0;
let held = "following";

function tell() {
  told.textContent = `${state}, ${samples} samples, ${gaps} gaps, ${held}`;
}

chart.addEventListener("status", ({ detail }) => {
  state = detail.state;
  tell();
});
chart.addEventListener("sample", ({ detail }) => {
  for (const { times } of detail.columns.values()) samples += times.length;
  tell();
});
chart.addEventListener("gap", () => {
  gaps++;
  tell();
});
chart.addEventListener("viewchange", ({ detail }) => {
  held = detail ? "held" : "following";
  tell();
});

hold.addEventListener("click", () => {
  const now = Date.now();
  chart.view = chart.view ? undefined : { from: now - 5000, to: now };
});
span.addEventListener("change", () => chart.setAttribute("span", span.value));
toggle.addEventListener("click", () => {
  if (chart.isConnected) chart.remove();
  else told.before(chart);
  toggle.textContent = chart.isConnected ? "Hide" : "Show";
});
