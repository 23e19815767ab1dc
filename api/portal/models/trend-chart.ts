import { BoundedMap } from "../../../core/bounded-map.ts";
import { isNumber } from "../../../core/gates/gate-evidence.ts";
import type { CatalogModel } from "../../../core/registry/catalog.ts";
import { metricTrendChart, type TrendPoint } from "../../../core/report/charts/metric-trend-chart.ts";
import { shownInterval } from "../../../core/report/metric-words.ts";
import { scalarMetrics } from "../../../core/report/scalar-metrics.ts";
import { type ListedVersion, listedVersions } from "../model-index/listed-version.ts";
import type { PortalHost } from "../request/host.ts";
import type { Answer, PageRequest } from "../request/page.ts";
import { messagePage } from "../view/error-page.ts";

const MOST_VERSIONS = 40;
/** By what is drawn: a model's folder and the metric. */
const drawn = new BoundedMap<string, string>(200);

/** `/charts/trend.svg?model=&metric=`: a metric over a model's newest versions. */
export async function trendChart(request: PageRequest): Promise<Answer> {
  const { host, query } = request;
  const model = (await request.catalog()).find(query.get("model") ?? "");
  const metric = query.get("metric") ?? "";
  const key = `${model?.folder} ${metric}`;
  const svg = drawn.get(key) ?? (model && (await draw(host, model, metric)));
  if (svg === undefined)
    return messagePage({ code: "NOT_FOUND", message: "There is no such model, or no such metric of it" }, 404);
  drawn.set(key, svg);
  return { svg };
}

async function draw({ ports }: PortalHost, model: CatalogModel, metric: string): Promise<string | undefined> {
  const latest = model.record.latest_version;
  const numbers = Array.from({ length: Math.min(MOST_VERSIONS, latest) }, (_, at) => latest - at).reverse();
  const versions = await listedVersions(
    ports.objects,
    numbers.map((version) => ({ model, version })),
  );
  const points = versions.flatMap((each) => (each === undefined ? [] : trendPoints(model, each, metric)));
  const [first] = points;
  return first && metricTrendChart(metric, points, first.greaterIsBetter);
}

/** A version's value of a metric; none if it has no number. */
export function trendPoints(
  { record }: CatalogModel,
  { version, evaluation }: ListedVersion,
  metric: string,
): (TrendPoint & { greaterIsBetter: boolean })[] {
  const [, found] = scalarMetrics(evaluation.metrics).find(([name]) => name === metric) ?? [];
  if (!isNumber(found?.value)) return [];
  const interval = shownInterval(found.intervals);
  const isLive = Object.values(record.stages).some((stage) => stage.version === version);
  const point = { version, value: found.value, low: interval?.low, high: interval?.high, isLive };
  return [{ ...point, greaterIsBetter: found.greater_is_better }];
}
