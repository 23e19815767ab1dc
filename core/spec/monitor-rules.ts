import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { MonitorBar } from "../../schemas/monitor-spec.ts";
import type { Policy } from "../../schemas/policy.ts";
import { barKey } from "../drift/bar-words.ts";
import { LONGEST_WINDOW, SHORTEST_WINDOW } from "../drift/windows.ts";
import { milliseconds } from "../duration.ts";
import type { Diagnostics } from "./diagnostics.ts";
import { checkGateNames, isMeasured } from "./gate-rules.ts";
import type { MetricRules } from "./metric-rules.ts";
import { didYouMean, nearest } from "./near.ts";
import type { Keys } from "./yaml.ts";

/** Rules of the spec's `monitor` that its schema cannot say. */
export function checkMonitor(spec: ModelSpec, rules: MetricRules, report: Diagnostics): void {
  const { monitor } = spec;
  if (monitor === undefined) return;
  const { window } = monitor;
  if (window !== undefined && !isLongEnough(window))
    report.problem(
      ["monitor", "window"],
      "SPEC_INVALID",
      `a window is from ${SHORTEST_WINDOW} to ${LONGEST_WINDOW} long`,
      {
        expected: "1h, 1d, 7d or 28d",
        found: window,
      },
    );
  checkColumns(spec, report);
  (monitor.bars ?? []).forEach((bar, at, bars) => {
    const keys = ["monitor", "bars", at];
    checkBar(bar, spec, rules, report, keys);
    if (bars.slice(0, at).some((other) => barKey(other) === barKey(bar)))
      report.problem(keys, "SPEC_INVALID", `a bar on ${bar.metric} stands twice`, { hint: "keep the stricter one" });
  });
}

function isLongEnough(window: string): boolean {
  const length = milliseconds(window);
  return length >= milliseconds(SHORTEST_WINDOW) && length <= milliseconds(LONGEST_WINDOW);
}

/** What is compared is what the model is asked with: neither the label, nor what names rows, nor what nothing is kept of. */
function checkColumns({ data, monitor }: ModelSpec, report: Diagnostics): void {
  const columns = data.columns ?? {};
  const label = typeof data.label === "object" ? data.label.column : data.label;
  for (const [column, asked] of Object.entries(monitor?.columns ?? {})) {
    const keys = ["monitor", "columns", column];
    const problem = (message: string, expected: string) =>
      report.problem(keys, "SPEC_INVALID", message, { expected }, "key");
    if (column === label) problem(`${column} is the label, and no feature`, "a feature; live labels have bars");
    else if (column === data.id || column === data.group)
      problem(`${column} names rows, and is not compared`, "a feature");
    else if (asked !== "off" && Object.hasOwn(columns, column) && columns[column]?.sensitive)
      problem(`${column} is sensitive: nothing is kept of its values to compare with`, "off, or another column");
    const near = Object.hasOwn(columns, column) ? undefined : nearest(column, Object.keys(columns));
    if (near !== undefined && column !== label)
      report.warning(keys, "SPEC_INVALID", `${column} is not among data.columns, which has ${near}`, {
        hint: `did you mean ${near}?`,
      });
  }
}

function checkBar(bar: MonitorBar, spec: ModelSpec, rules: MetricRules, report: Diagnostics, keys: Keys): void {
  const problem: Parameters<typeof checkGateNames>[2] = (more, message, about) =>
    report.problem([...keys, ...more], "SPEC_INVALID", message, about);
  const { metric, "at-least": least, "at-most": most } = bar;
  if ((least === undefined) === (most === undefined))
    problem([], "a bar asks one thing", {
      expected: "at-least or at-most",
      found: least === undefined ? "neither" : "both",
    });
  if (isMeasured(metric)) {
    problem(["metric"], `${metric} is measured as a version is made, and never by labels`, {
      expected: Object.keys(spec.metrics).join(", "),
    });
    return;
  }
  checkGateNames(bar, { metrics: spec.metrics, slices: spec.slices ?? [] }, problem);
  checkSliceValues(bar, spec, problem);
  const asked = Object.hasOwn(spec.metrics, metric) ? spec.metrics[metric] : undefined;
  if (asked === undefined) return;
  if ("run" in asked) {
    problem(["metric"], `${metric} is a program of the model's, which monitoring does not run`, {
      expected: "a metric of scikit-learn's",
    });
    return;
  }
  const { greaterIsBetter, range } = rules.metricInfo(asked);
  const [right, wrong] = greaterIsBetter ? (["at-least", "at-most"] as const) : (["at-most", "at-least"] as const);
  if (bar[wrong] !== undefined && bar[right] === undefined)
    problem(
      [wrong],
      `${greaterIsBetter ? "a larger" : "a smaller"} ${metric} is better: ${wrong} would alarm when it gets better`,
      {
        expected: `${right}: ${bar[wrong]}`,
      },
    );
  const limit = bar[right];
  if (limit === undefined || range === undefined) return;
  if (limit < range[0] || limit > range[1])
    problem([right], `${metric} lies between ${range[0]} and ${range[1]}`, { found: String(limit) });
}

/** A bar on a value that no row may have would never be asked, and nobody would know. */
function checkSliceValues(
  { slice = {} }: MonitorBar,
  { data: { columns = {} } }: ModelSpec,
  problem: Parameters<typeof checkGateNames>[2],
): void {
  for (const [column, value] of Object.entries(slice)) {
    const known = Object.hasOwn(columns, column) ? columns[column]?.["one-of"]?.map(String) : undefined;
    if (known === undefined || known.includes(String(value))) continue;
    problem(["slice", column], `no row of ${column} may be ${String(value)}`, {
      expected: known.join(", "),
      ...didYouMean(String(value), known),
    });
  }
}

/** Rules of the policy's `monitor` that its schema cannot say. */
export function checkMonitorPolicy({ monitor }: Policy, report: Diagnostics): void {
  const { requests, labels = {}, then } = monitor ?? {};
  if (then?.bars === "rollback" && Object.keys(labels).length === 0)
    report.problem(
      ["monitor", "then", "bars"],
      "POLICY_INVALID",
      "a rollback rests on labels, and none come anywhere",
      {
        expected: "monitor.labels: { MODEL: PATH }",
        hint: "say where a model's labels come to, or leave it at issue",
      },
    );
  if (Object.keys(labels).length > 0 && requests === undefined)
    report.warning(
      ["monitor", "labels"],
      "POLICY_INVALID",
      "labels join what was answered, and nothing is kept of that",
      {
        hint: "monitor.requests: { store: … }",
      },
    );
}

/** A misspelt model's labels would never come, and nobody would know. `models` names those that are there, `near` all that could be meant. */
export function checkMonitoredModels(
  { monitor }: Policy,
  models: readonly string[],
  near: readonly string[],
  report: Diagnostics,
): void {
  for (const key of ["labels", "rows"] as const)
    for (const model of Object.keys(monitor?.[key] ?? {}))
      if (!models.includes(model))
        report.problem(
          ["monitor", key, model],
          "POLICY_INVALID",
          `there is no model ${model}`,
          didYouMean(model, near),
          "key",
        );
}
