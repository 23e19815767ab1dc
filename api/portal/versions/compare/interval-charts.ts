import { html } from "hono/html";
import { SlipwayError } from "../../../../core/errors.ts";
import { isNumber } from "../../../../core/gates/gate-evidence.ts";
import { type VersionValue, versionIntervalsChart } from "../../../../core/report/charts/version-intervals-chart.ts";
import { shownInterval } from "../../../../core/report/metric-words.ts";
import type { Html, PageRequest, Svg } from "../../request/page.ts";
import { chartPicture, drawOnce } from "../../view/chart.ts";
import { modelNamed, type ShownVersion, versionIn } from "../load-version.ts";
import { chosenVersions } from "./chosen.ts";
import { valuesOf } from "./values-section.ts";

const MOST_CHARTS = 4;

/** A picture for each of the first metrics that have intervals; the table of metrics says the same. */
export function intervalCharts({ host }: PageRequest, versions: readonly ShownVersion[]): Html | "" {
  const [first] = versions;
  const { names, values } = valuesOf(versions);
  const drawn = names
    .filter((name) => values.filter((each) => shownInterval(each.get(name)?.intervals) !== undefined).length >= 2)
    .slice(0, MOST_CHARTS);
  if (first === undefined || drawn.length === 0) return "";
  const v = versions.map(({ version }) => version).join(",");
  const height = 140 + 34 * versions.length;
  return html`<div class="grid">${drawn.map((metric) => html`<div class="box">${chartPicture(host, "versions", { model: first.model.displayName, v, metric }, `${metric} of each version with its interval. The table of metrics says the same.`, height)}</div>`)}</div>`;
}

/** `/charts/versions.svg?model=&v=2,3&metric=` */
export async function versionsSvg(request: PageRequest): Promise<Svg> {
  const { query } = request;
  const catalog = await request.catalog();
  const model = await modelNamed(catalog, query.get("model") ?? "");
  const numbers = chosenVersions(query, model);
  const versions = await Promise.all(numbers.map((version) => versionIn(request, catalog, model, version)));
  const metric = query.get("metric") ?? "";
  const { values } = valuesOf(versions);
  const direction = values.find((each) => each.has(metric))?.get(metric)?.greater_is_better;
  if (direction === undefined) throw new SlipwayError("NOT_FOUND", "None of these versions has such a metric");
  const shown = versions.flatMap(({ version }, at): VersionValue[] => {
    const found = values[at]?.get(metric);
    if (found === undefined || !isNumber(found.value)) return [];
    const interval = shownInterval(found.intervals);
    return [{ version, value: found.value, ...(interval && { low: interval.low, high: interval.high }) }];
  });
  return drawOnce("versions", { metric, direction, shown }, () => versionIntervalsChart(metric, direction, shown));
}
