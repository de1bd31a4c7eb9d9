// The figures of an indicator over the years, a line a thing. The table says the same in words.

import {
  CategoryScale,
  Chart,
  type ChartDataset,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
} from "chart.js";

import { parseShown } from "./shared/shown";

Chart.register(CategoryScale, Legend, LinearScale, LineController, LineElement, PointElement, Tooltip);

interface Series {
  name: string;
  values: (number | null)[];
  /** For each year the values that exclude each other, if there are any. */
  contradicted: number[][];
}

interface Figures {
  unit: string;
  years: number[];
  series: Series[];
}

const COLORS = ["--indicator", "--person", "--forum", "--post", "--org", "--regulation", "--place", "--thing"];
const DASHES = [[], [6, 3], [2, 3]];
const POINTS = ["circle", "rect", "triangle", "rectRot"] as const;

function attachChart(figure: HTMLElement): void {
  const box = figure.querySelector<HTMLElement>("[data-chart]");
  const data = figure.querySelector("[data-chart-data]")?.textContent;
  if (box === null || data === null || data === undefined) return;
  const figures = parseShown<Figures>(data);
  box.hidden = false;
  const draw = (): Chart => drawFigures(box, figures);
  let chart = draw();
  const redraw = (): void => {
    chart.destroy();
    chart = draw();
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  document.querySelector("[data-theme-switch]")?.addEventListener("click", redraw);
}

function drawFigures(box: HTMLElement, figures: Figures): Chart {
  const resolved = resolverIn(box);
  const ink = resolved("--ink");
  const line = resolved("--line");
  const colors = COLORS.map(resolved);
  const word = box.dataset["contradicted"] ?? "";
  // 300亿 rather than 30,000,000,000; the table has the values as they were written.
  const axis = new Intl.NumberFormat(document.documentElement.lang, { notation: "compact", maximumSignificantDigits: 6 });
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", figures.series.map((series) => series.name).join("、"));
  box.replaceChildren(canvas);
  Chart.defaults.font.family = getComputedStyle(box).fontFamily;
  return new Chart(canvas, {
    type: "line",
    data: {
      labels: figures.years.map(String),
      datasets: [
        ...figures.series.map((series, index) => ({
          label: series.name,
          data: series.values,
          borderColor: colors[index % colors.length] ?? ink,
          backgroundColor: colors[index % colors.length] ?? ink,
          // Colour alone tells no line from another.
          borderDash: DASHES[index % DASHES.length] ?? [],
          pointStyle: POINTS[index % POINTS.length] ?? "circle",
          pointRadius: 4,
          borderWidth: 2,
          spanGaps: true,
        })),
        ...figures.series.flatMap((series) => toClashes(series, word, resolved("--warning"))),
      ],
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      color: ink,
      interaction: { mode: "index", intersect: false },
      plugins: {
        legend: {
          position: "bottom",
          labels: {
            color: ink,
            usePointStyle: true,
            boxHeight: 6,
            padding: 16,
            // All crosses look the same, so that one entry tells what they mean.
            generateLabels: (chart) =>
              Chart.defaults.plugins.legend.labels
                .generateLabels(chart)
                .slice(0, figures.series.length + 1)
                .map((item, index) => (index < figures.series.length ? item : { ...item, text: word })),
          },
          onClick: (_, item, { chart }) => {
            const chosen = item.datasetIndex ?? 0;
            const isHidden = !chart.isDatasetVisible(chosen);
            const label = figures.series[chosen]?.name;
            chart.data.datasets.forEach((dataset, index) => {
              const isCross = index >= figures.series.length;
              const belongs = label === undefined ? isCross : index === chosen || (isCross && dataset.label === `${label} ${word}`);
              if (belongs) chart.setDatasetVisibility(index, isHidden);
            });
            chart.update();
          },
        },
        tooltip: { callbacks: { label: (item) => ` ${item.dataset.label ?? ""} ${item.formattedValue} ${figures.unit}` } },
      },
      scales: {
        x: { ticks: { color: ink }, grid: { color: line } },
        y: { ticks: { color: ink, callback: (value) => axis.format(Number(value)) }, grid: { color: line } },
      },
    },
  });
}

/** Crosses at the values of a thing that exclude each other, those in its line among them. */
function toClashes(series: Series, word: string, color: string): ChartDataset<"line", (number | null)[]>[] {
  const most = Math.max(0, ...series.contradicted.map((values) => values.length));
  return Array.from({ length: most }, (_, place) => ({
    label: `${series.name} ${word}`,
    data: series.contradicted.map((values) => values[place] ?? null),
    showLine: false,
    borderColor: color,
    backgroundColor: color,
    pointStyle: "crossRot",
    pointRadius: 8,
    pointBorderWidth: 2,
  }));
}

/** Gives the colours of properties as they are used, with `light-dark()` decided. */
function resolverIn(box: HTMLElement): (name: string) => string {
  return (name) => {
    const probe = document.createElement("span");
    probe.style.color = `var(${name})`;
    box.append(probe);
    const color = getComputedStyle(probe).color;
    probe.remove();
    return color;
  };
}

document.querySelectorAll<HTMLElement>(".chart").forEach(attachChart);
