import { curvesSvg } from "./experiments/curves.ts";
import { parallelSvg, scatterSvg } from "./experiments/runs-pictures.ts";
import { lineageSvg } from "./lineage/lineage-picture.ts";
import { liveChart } from "./live/live-charts.ts";
import { trendChart } from "./models/trend-chart.ts";
import type { PageHandler } from "./request/page.ts";
import { rowsSvg } from "./versions/charts-tab.ts";
import { versionsSvg } from "./versions/compare/interval-charts.ts";
import { confusionSvg } from "./versions/matrix-chart.ts";

/** Every picture, by its address below the base: `/charts/<kind>.svg`, and what it shows in its query. */
export const CHARTS: Readonly<Record<string, PageHandler>> = {
  "GET /charts/confusion.svg": confusionSvg,
  "GET /charts/lineage.svg": lineageSvg,
  "GET /charts/live.svg": liveChart,
  "GET /charts/curves.svg": curvesSvg,
  "GET /charts/runs-parallel.svg": parallelSvg,
  "GET /charts/runs-scatter.svg": scatterSvg,
  "GET /charts/trend.svg": trendChart,
  "GET /charts/rows.svg": rowsSvg,
  "GET /charts/versions.svg": versionsSvg,
};
