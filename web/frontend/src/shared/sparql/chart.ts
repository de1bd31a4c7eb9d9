// A chart of an answer: bars over names, a line over dates. The table says the same in words.

import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
} from "chart.js";
import { numberOf, type Answer } from "./answer";

Chart.register(
  BarController, BarElement, CategoryScale, LinearScale, LineController, LineElement, PointElement, Tooltip,
);

const DATE = /^\d{4}(?:-\d{2}(?:-\d{2})?)?$/;
// Pixels below which names have less room.
const NARROW = 480;
const MOST = 200;

/** Draws a column of numbers over a column of labels into a box; the function takes it away. */
export function drawChart(box: HTMLElement, answer: Answer, label: number, value: number): () => void {
  const points = answer.rows
    .map((row) => ({ label: row[label]?.text ?? "", value: row[value] === undefined ? NaN : numberOf(row[value]) }))
    .filter((point) => !Number.isNaN(point.value));
  const isTime = points.length > 1 && points.every((point) => DATE.test(point.label));
  if (isTime) points.sort((left, right) => (left.label < right.label ? -1 : 1));
  points.splice(MOST);
  const color = (name: string): string => getComputedStyle(box).getPropertyValue(name).trim();
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${answer.variables[value] ?? ""} · ${answer.variables[label] ?? ""}`);
  box.replaceChildren(canvas);
  const probe = document.createElement("span");
  box.append(probe);
  const resolved = (name: string): string => {
    // Only a used value has `light-dark()` decided.
    probe.style.color = color(name);
    return getComputedStyle(probe).color;
  };
  const [ink, line, bar] = [resolved("--ink"), resolved("--line"), resolved("--accent")];
  probe.remove();
  Chart.defaults.font.family = getComputedStyle(box).fontFamily;
  const most = box.clientWidth < NARROW ? 9 : 20;
  const longest = Math.max(0, ...points.map((point) => point.label.length));
  const horizontal = !isTime && longest > 6;
  box.style.height = horizontal ? `${Math.max(16, points.length * 1.8 + 4)}rem` : "";
  // Between whole numbers there is nothing to be read off.
  const precision = points.every((point) => Number.isInteger(point.value)) ? { precision: 0 } : {};
  const chart = new Chart(canvas, {
    type: isTime ? "line" : "bar",
    data: {
      labels: points.map((point) => (point.label.length > most ? `${point.label.slice(0, most - 1)}…` : point.label)),
      datasets: [{ data: points.map((point) => point.value), backgroundColor: bar, borderColor: bar, maxBarThickness: 28 }],
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      indexAxis: horizontal ? "y" : "x",
      color: ink,
      plugins: { tooltip: { callbacks: { title: ([item]) => points[item?.dataIndex ?? -1]?.label ?? "" } } },
      scales: {
        x: { ticks: { color: ink, ...(horizontal ? precision : { autoSkip: true }) }, grid: { color: line } },
        y: { ticks: { color: ink, ...(horizontal ? { autoSkip: false } : precision) }, grid: { color: line } },
      },
    },
  });
  return () => chart.destroy();
}
