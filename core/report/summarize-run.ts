import type { GateResult, Verdict } from "../../schemas/gate.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import type { RunMetric, RunStart, RunStatus, RunSummary } from "../../schemas/run-summary.ts";
import type { Tracked } from "../../schemas/tracked.ts";
import { isNumber } from "../gates/gate-evidence.ts";
import { readParams, type WrittenJson } from "../json-text.ts";
import { textOnOneLine } from "./diff-versions.ts";
import { shownInterval } from "./metric-words.ts";
import { scalarMetrics } from "./scalar-metrics.ts";

const MOST = 200;
const MOST_METRICS = 500;
const MAX_VALUE = 500;

/** Where a run was found, and what is known of it beside its result. */
export type RunOrigin = Pick<RunSummary, "from" | "pull_request" | "url" | "by" | "code" | "group">;

/** A run that has ended, on one line. */
export function summarizeRun(result: RunResult, origin: RunOrigin): RunSummary {
  const { run, model, source, binding, seed, tried, started_at, seconds, fingerprint, gates, data, artifact } = result;
  return {
    slipway: 1,
    ...{ run, model, source, binding, started_at, seed, ...origin },
    ...(tried ? { tried } : {}),
    ...endOf(result),
    ...{ seconds, fingerprint },
    params: flatParams(readParams(result.params)),
    metrics: metricsOf(result),
    verdicts: Object.fromEntries(Object.entries(gates).map(([stage, asked]) => [stage, worst(asked)])),
    ...(data ? { data: { ...(data.train ? { train: setOf(data.train) } : {}), test: setOf(data.test) } } : {}),
    ...(artifact ? { artifact: { sha256: artifact.sha256, size: artifact.size } } : {}),
    ...trackedOf(result.tracked),
  };
}

/** A run that goes on, or of which nothing else is left. `tracked` is what its program logged so far. */
export function summarizeStart(
  { params, ...start }: RunStart,
  status: RunStatus,
  tracked: Tracked | undefined,
): RunSummary {
  return {
    ...{ ...start, from: "local", status, params: flatParams(readParams(params)), metrics: {}, verdicts: {} },
    ...trackedOf(tracked),
  };
}

/** Params by dotted names, each as text: a nested one is several. */
export function flatParams(params: Readonly<Record<string, WrittenJson>>): Record<string, string> {
  const flat: [string, string][] = [];
  const add = (name: string, value: WrittenJson) => {
    const isMap = typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
    const inside = isMap ? Object.entries(value as Record<string, WrittenJson>) : [];
    if (inside.length === 0)
      flat.push([name.slice(0, 250), (typeof value === "string" ? value : textOnOneLine(value)).slice(0, MAX_VALUE)]);
    for (const [key, item] of inside) add(`${name}.${key}`, item);
  };
  for (const [name, value] of Object.entries(params)) add(name, value);
  return Object.fromEntries(flat.slice(0, MOST));
}

function endOf({ outcome, problem }: RunResult): Pick<RunSummary, "status" | "problem"> {
  if (outcome === "succeeded") return { status: "finished" };
  const said = problem && { code: problem.code.slice(0, 100), message: problem.message.slice(0, MAX_VALUE) };
  return {
    status: problem?.code === "INTERRUPTED" ? "interrupted" : "failed",
    ...(said ? { problem: said } : {}),
  };
}

function metricsOf({ evaluation, gates }: RunResult): Record<string, RunMetric> {
  const asked = new Set(
    Object.values(gates)
      .flat()
      .filter(({ gate }) => gate.slice === undefined)
      .map(({ gate }) => (gate.class === undefined ? gate.metric : `${gate.metric} of ${gate.class}`)),
  );
  const found = scalarMetrics(evaluation?.metrics ?? {}).flatMap(([name, { value, intervals, step, ...metric }]) => {
    if (!isNumber(value)) return [];
    const interval = shownInterval(intervals);
    const made: RunMetric = {
      value,
      ...(interval ? { low: interval.low, high: interval.high } : {}),
      ...(step === undefined ? {} : { step }),
      greater_is_better: metric.greater_is_better,
      ...(asked.has(name) ? { deciding: true } : {}),
    };
    return [[name.slice(0, 300), made] as const];
  });
  return Object.fromEntries(found.slice(0, MOST_METRICS));
}

function worst(results: readonly GateResult[]): Verdict {
  const verdicts = results.map(({ verdict }) => verdict);
  if (verdicts.includes("fail")) return "fail";
  return verdicts.includes("inconclusive") ? "inconclusive" : "pass";
}

function setOf({ sha256, rows }: { sha256: string; rows: number }) {
  return { sha256, rows };
}

/** All the program's runs together; of a name that several logged, the first one's. */
function trackedOf(tracked: Tracked | undefined): Pick<RunSummary, "tracked"> {
  if (tracked === undefined || tracked.runs.length === 0) return {};
  const merged = <Value>(pairs: readonly (readonly [string, Value])[]) =>
    Object.fromEntries(pairs.slice(0, MOST).reverse()) as Record<string, Value>;
  const { runs } = tracked;
  const wordsOf = (kind: "params" | "tags") =>
    merged(runs.flatMap((run) => run[kind].map(({ name, value }) => [name, value.slice(0, MAX_VALUE)] as const)));
  const metrics = merged(runs.flatMap((run) => run.metrics.map(({ name, last }) => [name, last[1]] as const)));
  return { tracked: { params: wordsOf("params"), metrics, tags: wordsOf("tags") } };
}
