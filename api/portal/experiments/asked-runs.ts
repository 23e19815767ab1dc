import { SlipwayError } from "../../../core/errors.ts";
import { shownMetrics } from "../../../core/report/runs-report.ts";
import { parseFilter } from "../../../core/search/filter.ts";
import { findRuns } from "../../../core/search/find-runs.ts";
import { parseSort } from "../../../core/search/sort.ts";
import type { RunSummary } from "../../../schemas/run-summary.ts";
import { pageNumber } from "../view/pages.ts";

const PAGE = 50;
const MOST_COLUMNS = 20;
const MOST_PARAMS = 4;

/** A column of values: a metric's or a param's. */
export interface ValueColumn {
  kind: "metric" | "param";
  name: string;
  /** As the query and a sort write it. */
  key: string;
}

/** What a page of runs was asked for, and what that finds. */
export interface AskedRuns {
  filter: string;
  sort: string;
  columns: ValueColumn[];
  /** All that the filter finds, in order; the page's part of them. */
  found: RunSummary[];
  shown: RunSummary[];
  page: number;
  last: number;
  /** Why the filter or the order was not understood: then all runs are found. */
  refused?: string;
}

/** Reads a query of runs: `q`, `sort`, `cols` (once or again) and `page`. */
export function askedRuns(runs: readonly RunSummary[], query: URLSearchParams): AskedRuns {
  const [filter, sort] = [query.get("q") ?? "", query.get("sort") ?? ""];
  const { found, refused } = searched(runs, filter, sort);
  const last = Math.max(1, Math.ceil(found.length / PAGE));
  const page = Math.min(pageNumber(query), last);
  const shown = found.slice((page - 1) * PAGE, page * PAGE);
  const chosen = query.getAll("cols").flatMap((each) => each.split(","));
  const keys = chosen.length > 0 ? chosen : usualColumns(shown);
  const columns = [...new Set(keys)].flatMap(columnOf).slice(0, MOST_COLUMNS);
  return { ...{ filter, sort, columns, found, shown, page, last }, ...(refused === undefined ? {} : { refused }) };
}

/** Every column that these runs have values for, by key. */
export function possibleColumns(runs: readonly RunSummary[]): ValueColumn[] {
  const metrics = runs.flatMap(({ metrics, tracked }) => [
    ...Object.keys(metrics),
    ...Object.keys(tracked?.metrics ?? {}),
  ]);
  const params = runs.flatMap(({ params, tracked }) => [...Object.keys(params), ...Object.keys(tracked?.params ?? {})]);
  const keys = [...metrics.map((name) => `metrics.${name}`), "params.seed", ...params.map((name) => `params.${name}`)];
  return [...new Set(keys)].flatMap(columnOf);
}

function searched(runs: readonly RunSummary[], filter: string, sort: string): Pick<AskedRuns, "found" | "refused"> {
  try {
    return { found: findRuns(runs, parseFilter(filter, "runs"), parseSort(sort, "runs")) };
  } catch (error) {
    if (!(error instanceof SlipwayError) || error.code !== "SEARCH_INVALID") throw error;
    return { found: findRuns(runs, [], parseSort("", "runs")), refused: error.message };
  }
}

/** What gates ask for, and the params that differ. */
function usualColumns(runs: readonly RunSummary[]): string[] {
  const differing = possibleColumns(runs)
    .filter(({ kind, name }) => kind === "param" && name !== "seed" && isDiffering(runs, name))
    .slice(0, MOST_PARAMS);
  return [...shownMetrics(runs).map((name) => `metrics.${name}`), ...differing.map(({ key }) => key)];
}

function isDiffering(runs: readonly RunSummary[], name: string): boolean {
  return new Set(runs.map(({ params, tracked }) => params[name] ?? tracked?.params[name])).size > 1;
}

function columnOf(key: string): ValueColumn[] {
  const [, word, name] = /^(metrics|params)\.(.{1,250})$/s.exec(key) ?? [];
  if (word === undefined || name === undefined) return [];
  return [{ kind: word === "metrics" ? "metric" : "param", name, key }];
}
