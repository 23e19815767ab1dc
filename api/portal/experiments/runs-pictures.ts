import { html } from "hono/html";
import { type Dimension, parallelRunsChart, scatterRunsChart } from "../../../core/report/charts/runs-charts.ts";
import { metricValue, paramValue } from "../../../core/search/find-runs.ts";
import type { RunSummary } from "../../../schemas/run-summary.ts";
import type { Html, PageRequest, Svg } from "../request/page.ts";
import { drawOnce } from "../view/chart.ts";
import { type AskedRuns, askedRuns, possibleColumns, type ValueColumn } from "./asked-runs.ts";
import { kept } from "./forms.ts";
import { allRuns } from "./open-runs.ts";

/** Pictures of the runs that the table shows: side by side, and one value against another. */
export function runsPictures(request: PageRequest, asked: AskedRuns): Html {
  const { host, query } = request;
  const possible = possibleColumns(asked.shown);
  const [x, y] = scatterAxes(asked, query);
  const choice = (name: string, words: string, now: ValueColumn | undefined) =>
    html`<div><label for="${name}">${words}</label><select id="${name}" name="${name}">${possible.map(({ key, name: each }) => html`<option value="${key}"${key === now?.key ? html` selected` : ""}>${each}</option>`)}</select></div>`;
  const search = query.size === 0 ? "" : `?${query}`;
  const isOneModel = new Set(asked.shown.map(({ model }) => model)).size === 1;
  const isOpen = isOneModel || query.has("x") ? html` open` : "";
  return html`<details class="box"${isOpen}><summary><h2>Pictures</h2></summary>
${asked.columns.length < 2 ? "" : html`<img class="chart" src="${host.base}/charts/runs-parallel.svg${search}" alt="The runs of the table, a line each through the values of its columns" width="640" height="420" loading="lazy">`}
<form method="get" action="${host.base}/experiments" class="actions">${kept(query, "q", "sort", "cols", "page")}
${choice("x", "Across", x)}${choice("y", "Up", y)}<button>Draw</button></form>
${x === undefined || y === undefined ? "" : html`<img class="chart" src="${host.base}/charts/runs-scatter.svg${search}" alt="${y.name} of the runs of the table by ${x.name}" width="640" height="420" loading="lazy">`}
<p class="quiet">The table says the same in numbers.</p></details>`;
}

/** `/charts/runs-parallel.svg`, with the query of the page. */
export async function parallelSvg({ host, query }: PageRequest): Promise<Svg> {
  const { shown, columns } = askedRuns(await allRuns(host), query);
  const params = columns.filter(({ kind }) => kind === "param");
  const metrics = columns.filter(({ kind }) => kind === "metric");
  const last = metrics[0];
  const ordered = [...params, ...metrics.slice(1), ...(last === undefined ? [] : [last])];
  const values = { dimensions: ordered.map((column) => dimension(shown, column)), best: bestOf(shown, last) ?? null };
  return drawOnce("runs-parallel", values, ({ dimensions, best }) => parallelRunsChart(dimensions, best ?? undefined));
}

/** `/charts/runs-scatter.svg`, with the query of the page. */
export async function scatterSvg({ host, query }: PageRequest): Promise<Svg> {
  const asked = askedRuns(await allRuns(host), query);
  const [x, y] = scatterAxes(asked, query).map((column) =>
    column === undefined ? { name: "", values: [] } : dimension(asked.shown, column),
  );
  return drawOnce("runs-scatter", { x, y }, (values) => scatterRunsChart(values.x as Dimension, values.y as Dimension));
}

function scatterAxes({ shown, columns }: AskedRuns, query: URLSearchParams): (ValueColumn | undefined)[] {
  const possible = possibleColumns(shown);
  const named = (name: string) => possible.find(({ key }) => key === query.get(name));
  const param = columns.find(({ kind }) => kind === "param") ?? possible.find(({ kind }) => kind === "param");
  const metric = columns.find(({ kind }) => kind === "metric") ?? possible.find(({ kind }) => kind === "metric");
  return [named("x") ?? param, named("y") ?? metric];
}

function dimension(runs: readonly RunSummary[], { kind, name }: ValueColumn): Dimension {
  const values = runs.map((run) => {
    if (kind === "metric") return metricValue(run, name)?.value;
    const text = paramValue(run, name)?.value;
    return text !== undefined && text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
  });
  return { name, values };
}

function bestOf(runs: readonly RunSummary[], column: ValueColumn | undefined): number | undefined {
  const better = runs
    .map(({ metrics }) => metrics[column?.name ?? ""]?.greater_is_better)
    .find((each) => each !== undefined);
  if (column === undefined || better === undefined) return undefined;
  let best: number | undefined;
  for (const [at, run] of runs.entries()) {
    const value = metricValue(run, column.name)?.value;
    const record = best === undefined ? undefined : metricValue(runs[best] as RunSummary, column.name)?.value;
    if (value !== undefined && (record === undefined || (better ? value > record : value < record))) best = at;
  }
  return best;
}
