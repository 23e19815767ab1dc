import type { RunStatus, RunSummary } from "../../schemas/run-summary.ts";
import type { FilterClause } from "./clause.ts";
import { ownTag } from "./find-models.ts";
import type { Searchable } from "./match.ts";
import type { OrderKey } from "./order.ts";
import { search } from "./search.ts";

/** What MLflow calls a run's status. */
const STATUS: Record<RunStatus, string> = {
  running: "RUNNING",
  finished: "FINISHED",
  failed: "FAILED",
  interrupted: "KILLED",
};

/** The runs that a filter of runs finds, in order. */
export function findRuns(
  runs: readonly RunSummary[],
  comparisons: readonly FilterClause[],
  order: readonly OrderKey[],
): RunSummary[] {
  return search(runs, searchable, comparisons, order);
}

/** A run as filters see it: what the platform knows first, and what the program logged itself where that has no such name. */
function searchable(run: RunSummary): Searchable {
  return {
    attribute: (key) => ATTRIBUTES[key]?.(run),
    metric: (key) => metricValue(run, key)?.value,
    param: (key) => paramValue(run, key)?.value,
    tag: (key) => ownTag(run.tracked?.tags ?? {}, key),
    dataset: (key) => datasets(run, key),
  };
}

/** A value, and whether it is the program's own word. */
export interface RunValue<Value> {
  value: Value;
  own: boolean;
}

export function metricValue({ metrics, tracked }: RunSummary, name: string): RunValue<number> | undefined {
  if (Object.hasOwn(metrics, name)) return { value: metrics[name]?.value as number, own: false };
  const logged = tracked?.metrics ?? {};
  return Object.hasOwn(logged, name) ? { value: logged[name] as number, own: true } : undefined;
}

export function paramValue({ params, seed, tracked }: RunSummary, name: string): RunValue<string> | undefined {
  const given = ownTag(params, name);
  if (given !== undefined) return { value: given, own: false };
  if (name === "seed") return { value: String(seed), own: false };
  const logged = ownTag(tracked?.params ?? {}, name);
  return logged === undefined ? undefined : { value: logged, own: true };
}

const ATTRIBUTES: Record<string, (run: RunSummary) => string | number | string[] | undefined> = {
  run_id: ({ run }) => run,
  run_name: ({ model, run }) => `${model} ${run}`,
  status: ({ status }) => [STATUS[status], status],
  user_id: ({ by }) => by?.id,
  artifact_uri: ({ artifact }) => artifact && `sha256:${artifact.sha256}`,
  start_time: ({ started_at }) => Date.parse(started_at),
  end_time: ({ started_at, seconds }) =>
    seconds === undefined ? undefined : Date.parse(started_at) + Math.round(seconds * 1_000),
  model: ({ model }) => model,
  source: ({ from, shared }) => (shared ? [from, "shared"] : from),
  commit: ({ source }) => source.commit,
  group: ({ group }) => group,
  note: ({ note }) => note,
  seconds: ({ seconds }) => seconds,
  pull_request: ({ pull_request }) => pull_request,
  starred: ({ starred }) => (starred ? 1 : 0),
  seed: ({ seed }) => seed,
  words: ({ run, model, note, pull_request, tried }) =>
    [model, run, note, pull_request && `#${pull_request}`, ...(tried ?? [])].filter(Boolean).join(" "),
};

/** A run's data are known by role and digest: a role is a data set's name. */
function datasets({ data }: RunSummary, key: string): string[] {
  const sets = [
    ["train", data?.train],
    ["test", data?.test],
  ] as const;
  const there = sets.flatMap(([role, set]) => (set === undefined ? [] : [[role, set.sha256] as const]));
  if (key === "digest") return there.map(([, digest]) => digest);
  return there.map(([role]) => role);
}
