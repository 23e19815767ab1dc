import { BoundedMap } from "../../../core/bounded-map.ts";
import { barSeen } from "../../../core/drift/bar-seen.ts";
import { barWords } from "../../../core/drift/bar-words.ts";
import { driftHeatChart, heatHeight } from "../../../core/report/charts/drift-heat-chart.ts";
import { latencyChart } from "../../../core/report/charts/latency-chart.ts";
import { barChart, volumeChart } from "../../../core/report/charts/monitor-charts.ts";
import { driftOverTime } from "../../../core/report/drift-over-time.ts";
import type { Answer, PageRequest } from "../request/page.ts";
import { messagePage } from "../view/error-page.ts";
import { type Live, loadLive } from "./load-live.ts";

/** Rows of the picture of drift, and of its table. */
export const MOST_SUBJECTS = 30;
const MOST_BARS = 10;
const HEIGHT = 340;

/** A picture of what is live; undefined where there is nothing to draw. */
interface LiveChart {
  words: string;
  /** Pixels, of 640 in width. */
  height: number;
  svg(): string;
}

const drawn = new BoundedMap<string, string>(100);

/** The pictures of a model's page, by the name that an address has. */
export function liveCharts({ leading, spec }: Live): Map<string, LiveChart> {
  const charts = new Map<string, LiveChart>();
  if (leading.length === 0) return charts;
  charts.set("volume", {
    height: HEIGHT,
    words: "Answered rows and errors by window",
    svg: () => volumeChart(leading),
  });
  if (leading.some(({ traffic }) => traffic.p50_ms !== undefined || traffic.p99_ms !== undefined))
    charts.set("latency", {
      height: HEIGHT,
      words: "Median and 99th percentile of latency by window",
      svg: () => latencyChart(leading) ?? "",
    });
  if (leading.some(({ tests }) => tests.length > 0)) {
    const drift = driftOverTime(leading, spec, MOST_SUBJECTS);
    const words = "How far each column moved, by window";
    charts.set("heat", { height: heatHeight(drift), words, svg: () => driftHeatChart(drift) });
  }
  for (const [n, bar] of (spec?.bars ?? []).slice(0, MOST_BARS).entries())
    if (leading.some((record) => barSeen(bar, record) !== undefined))
      charts.set(`bar-${n + 1}`, {
        height: HEIGHT,
        words: `${barWords(bar)}, by window`,
        svg: () => barChart(leading, bar),
      });
  return charts;
}

/** `/charts/live.svg?model=&of=`, with the page's picks. */
export async function liveChart(request: PageRequest): Promise<Answer> {
  const { query } = request;
  const catalog = await request.catalog();
  const model = catalog.find(query.get("model") ?? "");
  const of = query.get("of") ?? "";
  const live = model && (await loadLive(request, catalog, model));
  const chart = live && liveCharts(live).get(of);
  if (live === undefined || chart === undefined)
    return messagePage({ code: "NOT_FOUND", message: "There is no such model, or nothing to draw of it" }, 404);
  const picked = ["version", "from", "to"].map((name) => query.get(name));
  const key = JSON.stringify([live.monitoring, live.model.folder, of, picked, live.spec]);
  const svg = drawn.get(key) ?? chart.svg();
  drawn.set(key, svg);
  return { svg };
}
